import CordwoodConfiguration
import RotatingFile

/// The time zone that a service with this configuration would follow.
package struct ZoneCheck {
    /// Its name, or where it has none what stands in its place.
    package let name: String
    /// Why there is none.
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
