import Bytes
import OpenSSL
import Prefork

/// The families about TLS.
extension Metrics {
    func handshakes(_ out: inout ByteBuffer) {
        header(
            "cordwood_tls_handshakes_total", "counter", "Handshakes of TLS, by how they ended.",
            &out)
        sample("cordwood_tls_handshakes_total{result=\"full\"}", .fullHandshakes, &out)
        sample("cordwood_tls_handshakes_total{result=\"resumed\"}", .resumedHandshakes, &out)
        sample("cordwood_tls_handshakes_total{result=\"failed\"}", .failedHandshakes, &out)
    }

    func expirations(_ out: inout ByteBuffer) {
        if certificates.isEmpty { return }
        header(
            "cordwood_certificate_not_after_timestamp_seconds", "gauge",
            "When a certificate that clients are shown expires.", &out)
        for certificate in certificates {
            out.append("cordwood_certificate_not_after_timestamp_seconds{file=\"")
            out.append(string: Self.escaped(certificate.file))
            out.append("\"} ")
            line(certificate.notAfter, &out)
        }
    }

    /// As the value of a label.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\", "\"": result += "\\\(character)"
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}
