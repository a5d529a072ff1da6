import CordwoodConfiguration
import RotatingFile

/// The time zone that a service with this configuration would use.
package struct ZoneCheck {
    /// Its name, or what stands for it if it has none.
    package let name: String
    /// Why it cannot be used.
    package let mistake: String?

    package init(_ effective: EffectiveConfiguration) {
        let rotation = effective.configuration.rotation
        do {
            try ZoneDatabase.use(rotation.timezone)
            mistake = nil
        } catch {
            mistake = "\(error)"
        }
        name = rotation.utc ? "UTC" : ZoneDatabase.currentName
    }
}
