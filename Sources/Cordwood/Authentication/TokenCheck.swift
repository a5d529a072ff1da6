import CordwoodConfiguration

/// What is wrong with the file of tokens that a configuration names.
package enum TokenCheck {
    /// Sentences without their ends.
    package static func mistakes(_ effective: EffectiveConfiguration) -> [String] {
        let path = effective.configuration.auth.tokensFile
        guard !path.isEmpty else { return [] }
        do throws(TokenMistakes) {
            _ = try TokenFile.read(path)
            return []
        } catch {
            return error.all.map(\.description)
        }
    }
}
