import Bytes
import CAssets
import HTTP

/// `/openapi.yaml`: the contract that the service keeps, as it was when it was built.
extension Worker {
    func encodeContract(_ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer) -> Status {
        text.removeAll()
        let bytes = UnsafeBufferPointer(
            start: cassets_contract, count: cassets_contract_byte_count)
        text.append(bytes.span)
        // RFC 9512, 2.1; YAML is UTF-8, and the type has no charset.
        encodeText(.ok, "application/yaml", answer, isLast, &output)
        text.clear(keeping: 4096)
        return .ok
    }
}
