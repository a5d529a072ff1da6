// SPDX-License-Identifier: Apache-2.0

// SwiftPM wants one source file beside the headers.
