// SPDX-License-Identifier: Apache-2.0

import Testing

/// What runs for seconds and wants the processors to itself, one after the other.
///
/// All other tests of the service stand on their own and run side by side.
@Suite(.serialized)
enum UnderLoad {}
