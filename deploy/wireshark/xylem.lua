-- Shows captures of `xylem capture` in Wireshark: the packets of protocol/RECORD.md §4, and in them
-- the frames and messages of protocol/WIRE.md §1 to §3. Link type 147 (USER0).
--
-- Frames may begin in one packet and end in another. A decoder per mesh and direction sees every
-- packet once, in order, and what it found stays with the packet: shown again in any order, it is
-- the same.

local xylem = Proto("xylem", "Xylem mesh capture")

local kinds = {
  [0] = "from the root", [1] = "to the root", [2] = "port opened",
  [3] = "port lost", [4] = "about the mesh", [5] = "records lost",
}
local from_root, to_root, port_opened, port_lost, about_mesh, lost = 0, 1, 2, 3, 4, 5

local f = {
  version = ProtoField.uint8("xylem.version", "Version"),
  kind = ProtoField.uint8("xylem.kind", "Kind", base.DEC, kinds),
  mono = ProtoField.uint64("xylem.mono", "Monotonic time (ns)"),
  mesh = ProtoField.string("xylem.mesh", "Mesh"),
  direction = ProtoField.string("xylem.direction", "Direction"),
  data = ProtoField.bytes("xylem.data", "Bytes of the line"),
  port = ProtoField.string("xylem.port", "Port"),
  reason = ProtoField.string("xylem.reason", "Reason"),
  dialect = ProtoField.string("xylem.dialect", "Dialect"),
  lost = ProtoField.uint64("xylem.lost", "Records lost"),
  console = ProtoField.string("xylem.console", "Console text"),
  padding = ProtoField.bytes("xylem.padding", "Padding"),
  part = ProtoField.bytes("xylem.part", "Part of a frame that goes on"),
  ends_in = ProtoField.framenum("xylem.frame.ends_in", "The frame ends in", base.NONE),
  frame = ProtoField.bytes("xylem.frame", "Frame"),
  begins_in = ProtoField.framenum("xylem.frame.begins_in", "The frame begins in", base.NONE),
  reject = ProtoField.string("xylem.reject", "Broken frame"),
  node = ProtoField.uint16("xylem.node", "Node"),
  type = ProtoField.string("xylem.type", "Type"),
  opcode = ProtoField.uint8("xylem.opcode", "Opcode", base.HEX),
  count = ProtoField.uint8("xylem.count", "Count"),
  item = ProtoField.none("xylem.item", "Item"),
  item_type = ProtoField.string("xylem.item.type", "Data type"),
  item_length = ProtoField.uint8("xylem.item.length", "Length"),
  item_data = ProtoField.bytes("xylem.item.data", "Data"),
  longitude = ProtoField.double("xylem.item.longitude", "Longitude"),
  latitude = ProtoField.double("xylem.item.latitude", "Latitude"),
  size = ProtoField.uint8("xylem.size", "Size"),
  message = ProtoField.string("xylem.message", "Message"),
  member = ProtoField.none("xylem.member", "Node of the network"),
  uuid = ProtoField.bytes("xylem.uuid", "UUID"),
  log = ProtoField.string("xylem.log", "Log line"),
  payload = ProtoField.bytes("xylem.payload", "Payload"),
  trailer = ProtoField.bytes("xylem.trailer", "Trailer"),
  command = ProtoField.string("xylem.command", "Command"),
}
xylem.fields = {}
for _, field in pairs(f) do xylem.fields[#xylem.fields + 1] = field end

local e = {
  malformed = ProtoExpert.new("xylem.malformed", "Malformed",
                              expert.group.MALFORMED, expert.severity.ERROR),
  broken = ProtoExpert.new("xylem.broken", "Broken frame",
                           expert.group.PROTOCOL, expert.severity.WARN),
  lost = ProtoExpert.new("xylem.records_lost", "Records are missing here",
                         expert.group.SEQUENCE, expert.severity.WARN),
}
xylem.experts = { e.malformed, e.broken, e.lost }

-- Wire §1: the incremental decoder ------------------------------------------------------------

local FF, FE, FA = 0xFF, 0xFE, 0xFA
local max_frame = 4096

local function xor(a, b) -- of bytes; Lua 5.2 and 5.4 do not agree on an operator
  local out, bit = 0, 1
  for _ = 1, 8 do
    if a % 2 ~= b % 2 then out = out + bit end
    a, b, bit = math.floor(a / 2), math.floor(b / 2), bit * 2
  end
  return out
end

-- What follows an escape, to the byte that it stands for.
local function escapes_of(dialect)
  local mask = dialect == "compact-ff" and 0xFF or 0xFA
  local map = {}
  for byte = 0xFA, 0xFF do map[xor(byte, mask)] = byte end
  return map
end

-- `payload` is that of the unfinished frame, `began` the packet with its FF.
local function new_decoder() return { state = "outside", payload = {}, began = nil } end

-- Returns the items that `bytes` hold, in order: {kind, first, past, …}, positions from 0. The last
-- one may be an unfinished part: its `ends_in` is told later.
local function decode(decoder, bytes, number, escapes)
  local items, first = {}, 0
  local function add(kind, past, more)
    local item = more or {}
    item.kind, item.first, item.past, item.began = kind, first, past, decoder.began
    if past > first or item.payload or item.reason then items[#items + 1] = item end
    first = past
    return item
  end
  local function finish(kind, past, more)
    local item = add(kind, past, more)
    for _, part in ipairs(decoder.parts or {}) do part.ends_in = number end
    decoder.parts, decoder.payload, decoder.began, decoder.reason = nil, {}, nil, nil
    decoder.state = "outside"
    return item
  end
  local function begin()
    decoder.state, decoder.payload, decoder.began = "inside", {}, number
  end
  for at = 0, #bytes - 1 do
    local byte = bytes:byte(at + 1)
    if decoder.state == "outside" then
      if byte == FF then add("console", at) begin()
      elseif byte == FE then add("console", at) add("reject", at + 1, { reason = "stray_end" }) end
    elseif byte == FF then
      finish("reject", at, { reason = decoder.reason or "truncated" })
      begin()
    elseif decoder.state == "skip" then
      if byte == FE then finish("reject", at + 1, { reason = decoder.reason }) end
    elseif decoder.state == "escape" then
      local original = escapes[byte]
      decoder.state = "inside"
      if original then decoder.payload[#decoder.payload + 1] = string.char(original)
      else
        decoder.state, decoder.reason = "skip", "bad_escape"
        if byte == FE then finish("reject", at + 1, { reason = "bad_escape" }) end
      end
    elseif byte == FE then
      if #decoder.payload == 0 then finish("reject", at + 1, { reason = "empty" })
      else finish("frame", at + 1, { payload = table.concat(decoder.payload) }) end
    elseif byte == FA then decoder.state = "escape"
    elseif byte > FA then decoder.state, decoder.reason = "skip", "bad_escape"
    else decoder.payload[#decoder.payload + 1] = string.char(byte) end
    if #decoder.payload > max_frame then
      decoder.state, decoder.reason, decoder.payload = "skip", "oversize", {}
    end
  end
  if decoder.state == "outside" then add("console", #bytes)
  else
    local part = add("part", #bytes)
    decoder.parts = decoder.parts or {}
    decoder.parts[#decoder.parts + 1] = part
  end
  return items
end

-- State over packets ----------------------------------------------------------------------------

local meshes, seen

function xylem.init() meshes, seen = {}, {} end

local function mesh_of(name)
  if not meshes[name] then
    meshes[name] = { dialect = "classic", escapes = escapes_of("classic"),
                     [from_root] = new_decoder(), [to_root] = new_decoder() }
  end
  return meshes[name]
end

-- What a packet says, found out when it is seen for the first time.
local function understand(number, kind, mesh, data)
  local found = { items = {}, dialect = mesh.dialect }
  if kind == about_mesh then
    mesh.dialect, mesh.escapes = data, escapes_of(data)
  elseif kind == from_root or kind == to_root then
    found.items = decode(mesh[kind], data, number, mesh.escapes)
  else -- an unfinished frame does not go on
    found.interrupted = mesh[from_root].state ~= "outside" or mesh[to_root].state ~= "outside"
    mesh[from_root], mesh[to_root] = new_decoder(), new_decoder()
  end
  seen[number] = found
  return found
end

-- Wire §2 and §3: messages and commands ---------------------------------------------------------

local function malformed(tree, why)
  tree:add_proto_expert_info(e.malformed, "Malformed: " .. why)
  return why
end

local function is_printable(text)
  return #text > 0 and not text:find("[^\t\r\n -~]")
end

local function shown(text) -- without what would break a column
  return (text:gsub("[^ -~]", function(c) return string.format("\\x%02X", c:byte()) end))
end

local function type_text(raw)
  if is_printable(raw) then return shown(raw) end
  return "0x" .. raw:gsub(".", function(c) return string.format("%02X", c:byte()) end)
end

-- Exactly "[E]", or nothing, may follow.
local function rest_is_trailer(tree, tvb, at)
  if at == tvb:len() then return nil end
  if tvb:len() - at == 3 and tvb:raw(at) == "[E]" then
    tree:add(f.trailer, tvb(at))
    return nil
  end
  return malformed(tree, "bytes after the last item")
end

local function readings(tree, tvb)
  if tvb:len() < 6 then return malformed(tree, "no count") end
  local count, at, types = tvb(5, 1):uint(), 6, {}
  tree:add(f.count, tvb(5, 1))
  for _ = 1, count do
    if at + 4 > tvb:len() then return malformed(tree, "an item is cut short") end
    local length = tvb(at + 3, 1):uint()
    if at + 4 + length > tvb:len() then return malformed(tree, "an item is cut short") end
    local name = type_text(tvb:raw(at, 3))
    local item = tree:add(f.item, tvb(at, 4 + length))
    item:set_text("Item: " .. name .. ", " .. length .. " bytes")
    item:add(f.item_type, tvb(at, 3), name)
    item:add(f.item_length, tvb(at + 3, 1))
    if length > 0 then item:add(f.item_data, tvb(at + 4, length)) end
    if name == "GPS" and length == 6 then -- as it is predefined; a configuration may know better
      item:add(f.longitude, tvb(at + 4, 3), tvb(at + 4, 3):int() / 100000):set_generated()
      item:add(f.latitude, tvb(at + 7, 3), tvb(at + 7, 3):int() / 100000):set_generated()
    end
    types[#types + 1] = name
    at = at + 4 + length
  end
  return rest_is_trailer(tree, tvb, at) or table.concat(types, " ")
end

local function text_message(tree, tvb)
  if tvb:len() < 6 then return malformed(tree, "no size") end
  local size = tvb(5, 1):uint()
  tree:add(f.size, tvb(5, 1))
  if 6 + size > tvb:len() then return malformed(tree, "shorter than its size") end
  local text = shown(tvb:raw(6, size))
  if size > 0 then tree:add(f.message, tvb(6, size), text) end
  if 6 + size < tvb:len() then tree:add(f.payload, tvb(6 + size)) end
  return '"' .. text .. '"'
end

local function network(tree, tvb)
  if tvb:len() < 6 then return malformed(tree, "no count") end
  local count, at = tvb(5, 1):uint(), 6
  tree:add(f.count, tvb(5, 1))
  for _ = 1, count do
    if at + 18 > tvb:len() then return malformed(tree, "a node is cut short") end
    local member = tree:add(f.member, tvb(at, 18))
    member:set_text("Node of the network: " .. tvb(at, 2):uint())
    member:add(f.node, tvb(at, 2))
    member:add(f.uuid, tvb(at + 2, 16))
    at = at + 18
  end
  return rest_is_trailer(tree, tvb, at) or count .. " nodes"
end

local function joined(tree, tvb)
  if tvb:len() < 21 then return malformed(tree, "no UUID") end
  tree:add(f.uuid, tvb(5, 16))
  return rest_is_trailer(tree, tvb, 21) or ""
end

local function anything(tree, tvb)
  if tvb:len() > 5 then tree:add(f.payload, tvb(5)) end
  return ""
end

local messages = { ["[D]"] = readings, ["[M]"] = text_message, ["<Q>"] = anything,
                   NET = network, NOD = joined, RST = anything }

local function root_message(tree, tvb, dialect)
  local node = tvb:len() >= 2 and tvb(0, 2):uint()
  if dialect:find("^compact") then
    if tvb:len() < 3 then return malformed(tree, "shorter than an address and an opcode") end
    tree:add(f.node, tvb(0, 2))
    tree:add(f.opcode, tvb(2, 1))
    if tvb:len() > 3 then tree:add(f.payload, tvb(3)) end
    return string.format("%d opcode %02X", node, tvb(2, 1):uint())
  end
  local kind = tvb:len() >= 5 and tvb:raw(2, 3)
  if node == 0 and not messages[kind] and tvb:len() > 2 and is_printable(tvb:raw(2)) then
    tree:add(f.node, tvb(0, 2))
    tree:add(f.log, tvb(2), shown(tvb:raw(2)))
    return "log: " .. shown(tvb:raw(2))
  end
  if not kind then return malformed(tree, "shorter than an address and a type") end
  tree:add(f.node, tvb(0, 2))
  tree:add(f.type, tvb(2, 3), type_text(kind))
  local said = (messages[kind] or anything)(tree, tvb)
  return node .. " " .. type_text(kind) .. (said ~= "" and " " .. said or "")
end

local function to_node(tree, tvb, name)
  if tvb:len() < 9 then return malformed(tree, "too short") end
  local node, size = tvb(5, 2):uint(), tvb(7, 1):uint()
  tree:add(f.node, tvb(5, 2))
  tree:add(f.size, tvb(7, 1))
  if tvb:len() ~= 8 + size + 1 or tvb:raw(8 + size, 1) ~= "\n" then
    return malformed(tree, "its length is not that of its message")
  end
  local text = shown(tvb:raw(8, size))
  if size > 0 then tree:add(f.message, tvb(8, size), text) end
  tree:add(f.trailer, tvb(8 + size))
  return (name == "SEND-" and node .. " " or "") .. '"' .. text .. '"'
end

local function alone(tree, tvb)
  if tvb:len() ~= 6 or tvb:raw(5) ~= "\n" then return malformed(tree, "bytes after the command") end
  tree:add(f.trailer, tvb(5))
  return ""
end

local commands = { NINFO = alone, ["SEND-"] = to_node, BCAST = to_node,
                   ["RST-R"] = alone, CLEAN = alone }

local function command(tree, tvb, dialect)
  local name = tvb:len() >= 5 and tvb:raw(0, 5)
  if not commands[name] and not dialect:find("^compact") then
    return malformed(tree, "no command of the root")
  end
  if name then tree:add(f.command, tvb(0, 5), shown(name)) end
  if dialect:find("^compact") then
    if tvb:len() > 5 then tree:add(f.payload, tvb(5)) end
    return name and shown(name) or malformed(tree, "too short")
  end
  local said = commands[name](tree, tvb, name)
  return name .. (said ~= "" and " " .. said or "")
end

-- Packets -----------------------------------------------------------------------------------------

local function show_frame(tree, tvb, item, kind, dialect, number)
  local whole = ByteArray.new(item.payload, true):tvb("Frame")
  local shown_frame = tree:add(f.frame, whole())
  shown_frame:set_text("Frame: " .. #item.payload .. " bytes")
  if item.began ~= number then shown_frame:add(f.begins_in, item.began):set_generated() end
  return (kind == from_root and root_message or command)(shown_frame, whole, dialect)
end

local function show_item(tree, data, item, kind, found, number)
  local range = item.past > item.first and data(item.first, item.past - item.first) or nil
  if item.kind == "frame" then
    return show_frame(tree, data, item, kind, found.dialect, number)
  elseif item.kind == "console" then
    if kind == to_root and not range:raw():find("[^\0]") then
      tree:add(f.padding, range)
      return range:len() .. " bytes of padding"
    end
    local text = shown(range:raw())
    tree:add(f.console, range, text)
    return "console: " .. text
  elseif item.kind == "part" then
    local part = tree:add(f.part, range)
    if item.ends_in then part:add(f.ends_in, item.ends_in):set_generated() end
    return "…"
  end
  local reject = range and tree:add(f.reject, range, item.reason) or tree:add(f.reject, item.reason)
  reject:add_proto_expert_info(e.broken, "Broken frame: " .. item.reason)
  return item.reason
end

local function show_traffic(tree, data, kind, found, pinfo)
  local direction = kind == from_root and "from the root" or "to the root"
  tree:add(f.direction, direction):set_generated()
  pinfo.cols.src = kind == from_root and "root" or "gateway"
  pinfo.cols.dst = kind == from_root and "gateway" or "root"
  if data then tree:add(f.data, data()) end
  local said = {}
  for _, item in ipairs(found.items) do
    said[#said + 1] = show_item(tree, data, item, kind, found, pinfo.number)
  end
  return (kind == from_root and "← " or "→ ") .. table.concat(said, "; ")
end

local function show_notice(tree, data, kind, found)
  local text = data and data:raw() or ""
  if kind == port_opened then
    if data then tree:add(f.port, data(), shown(text)) end
    return "port opened: " .. shown(text)
  elseif kind == port_lost then
    if data then tree:add(f.reason, data(), shown(text)) end
    if found.interrupted then
      tree:add_proto_expert_info(e.broken, "Broken frame: the port was lost inside it")
    end
    return "port lost: " .. shown(text)
  elseif kind == about_mesh then
    if data then tree:add(f.dialect, data(), shown(text)) end
    return "dialect " .. shown(text)
  end
  tree:add_proto_expert_info(e.lost)
  if not data or data:len() ~= 8 then return malformed(tree, "no number of lost records") end
  tree:add(f.lost, data())
  return tostring(data():uint64()) .. " records were lost here"
end

function xylem.dissector(tvb, pinfo, root)
  pinfo.cols.protocol = "Xylem"
  local tree = root:add(xylem, tvb())
  local length = tvb:len() >= 11 and tvb(10, 1):uint()
  if not length or length == 0 or tvb:len() < 11 + length
     or tvb(0, 1):uint() ~= 1 or tvb(1, 1):uint() > lost then
    malformed(tree, "no packet of a capture")
    pinfo.cols.info = "no packet of a capture"
    return
  end
  local kind, name = tvb(1, 1):uint(), tvb:raw(11, length)
  tree:add(f.version, tvb(0, 1))
  tree:add(f.kind, tvb(1, 1))
  tree:add(f.mono, tvb(2, 8))
  tree:add(f.mesh, tvb(11, length), shown(name))
  local data = tvb:len() > 11 + length and tvb(11 + length):tvb() or nil
  local found = seen[pinfo.number]
    or understand(pinfo.number, kind, mesh_of(name), data and data:raw() or "")
  local traffic = kind == from_root or kind == to_root
  local said = traffic and show_traffic(tree, data, kind, found, pinfo)
    or show_notice(tree, data, kind, found)
  tree:append_text(", " .. shown(name) .. ", " .. kinds[kind])
  pinfo.cols.info = shown(name) .. " " .. said
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, xylem)
