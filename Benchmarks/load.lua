-- SPDX-License-Identifier: Apache-2.0

-- The script of wrk: sends the request bodies of a directory in turn, and prints its counts.
-- BODIES names the directory, TYPE the media type, and TARGET the path.

local requests, count, turn = {}, 0, 0

function init(arguments)
   local listing = assert(io.popen("ls " .. os.getenv("BODIES")))
   for name in listing:lines() do
      local file = assert(io.open(os.getenv("BODIES") .. "/" .. name, "rb"))
      count = count + 1
      requests[count] = wrk.format("POST", os.getenv("TARGET"), { ["Content-Type"] = os.getenv("TYPE") }, file:read("*a"))
      file:close()
   end
   listing:close()
end

function request()
   turn = turn % count + 1
   return requests[turn]
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests":%d,"seconds":%f,"refused":%d,"broken":%d,"p50":%f,"p99":%f}\n',
      summary.requests, summary.duration / 1e6, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
