// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import RotatingFile

/// The time zone that a service with this configuration would use.
package struct ZoneCheck {
    /// Its name, or what stands for it if it has none.
    package let name: String
    /// Why it cannot be used.
    package let mistake: String?

    package init(_ effective: EffectiveConfiguration) {
        let configuration = effective.configuration
        do {
            try ZoneDatabase.use(configuration.timezone)
            mistake = nil
        } catch {
            mistake = "\(error)"
        }
        name = configuration.plans.common.rotation.isUTC ? "UTC" : ZoneDatabase.currentName
    }
}
