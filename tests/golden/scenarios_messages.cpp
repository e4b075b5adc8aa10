// What frames say (wire §2).
#include "tests/golden/scenarios.hpp"

namespace xylem::testing::scenarios {

namespace {

std::string every_byte(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i)
    out += static_cast<char>(i);
  return out;
}

/// A node asks, clients answer; the answers are not fed (record §4).
golden questions(std::string name) {
  golden out{.name = std::move(name)};
  auto& it = out.script;
  it.begin();
  it.wait(1s);
  it.root(root_frame(0x0102, "<Q>", "why"));
  it.wait(30ms);
  it.gateway(send_frame(0x0102, "<R>because"));
  it.wait(2s);
  it.root(root_frame(0x0201, "<Q>"));
  it.gateway(send_frame(0x0201, "<R>" + std::string(252, 'z')));
  it.gateway(send_frame(5, "hello")); // of a client, unasked
  it.wait(50ms);
  it.root(message_frame(5, "hello yourself"));
  it.root(root_frame(0x0102, "<Q>", "why, again"));
  out.events = {{"link_changed", 2}, {"command", 1}, {"node_joined", 3}, {"node_changed", 3},
                {"request", 3}, {"message", 1}};
  out.in_order = {R"("kind":"request","node":258,"type":"<Q>","data":"776879","text":"why")",
                  R"("kind":"request","node":513,"type":"<Q>","data":"","text":"")",
                  R"("kind":"message","node":5,"type":"[M]","data":"0e68656c6c6f20796f757273656c66","text":"hello yourself")",
                  R"("kind":"request","node":258,"type":"<Q>","data":"7768792c20616761696e","text":"why, again")"};
  out.nodes = 3;
  return out;
}

} // namespace

/// Bytes that are never bare in a frame, wherever they can be.
golden escapes() {
  golden out{.name = "escapes"};
  auto& it = out.script;
  it.begin();
  it.wait(100ms);
  it.root(data_frame(0xFFFE, {item(hex("fa ff fe"), hex("fa fb fc fd fe ff")),
                              item("T01", every_byte(255))}));
  it.wait(100ms);
  it.root(message_frame(0xFAFB, every_byte(255)) + message_frame(0xFAFB, hex("ff fe")));
  it.wait(100ms);
  it.root(root_frame(0xFAFB, "<Q>", hex("ff fe fa")));
  it.root(root_frame(0xFAFB, hex("ff 00 fa"), hex("fa"))); // a type nobody knows
  it.root(root_frame(0xFF00, "NOD", uuid_of(0xFF)));
  out.events = {{"link_changed", 2}, {"command", 1}, {"node_joined", 3}, {"node_changed", 3},
                {"reading", 2}, {"message", 2 + 1}, {"request", 1}};
  out.in_order = {R"("kind":"reading","node":65534,"type":"0xfafffe","data":"fafbfcfdfeff","reading":1)",
                  R"("kind":"reading","node":65534,"type":"T01","data":"000102)",
                  R"("kind":"message","node":64251,"type":"[M]","data":"02fffe","text":"\\xff\\xfe")",
                  R"("kind":"request","node":64251,"type":"<Q>","data":"fffefa")",
                  R"("kind":"message","node":64251,"type":"0xff00fa","data":"fa")",
                  R"("kind":"node_joined","node":65280,"uuid":"ffffffffffffffffffffffffffffffff")"};
  out.nodes = 3;
  return out;
}

golden requests() {
  return questions("requests");
}

/// The byte order is that of pushes on the client socket (wire §4); events do not change.
golden address_little() {
  auto out = questions("address_little");
  out.settings = "[[mesh]]\nname = \"field\"\nserial = \"/dev/ttyUSB0\"\nrequest_address = \"little\"\n";
  return out;
}

golden address_big() {
  auto out = questions("address_big");
  out.settings = "[[mesh]]\nname = \"field\"\nserial = \"/dev/ttyUSB0\"\nrequest_address = \"big\"\n";
  return out;
}

/// Each way in which a frame breaks a rule of wire §2: nothing of it is told or stored.
golden malformed() {
  golden out{.name = "malformed"};
  auto& it = out.script;
  it.begin();
  it.root(data_frame(5, {item("GPS", hex("0cdac8 4ac7ec"))}));
  auto whole = item("T01", hex("01"));
  const std::vector<std::string> of_node_5{
    root_frame(5, "[D]"),                                         // no count
    root_frame(5, "[D]", hex("01") + "T0"),                       // cut in a type
    root_frame(5, "[D]", hex("01") + "T01"),                      // no length
    root_frame(5, "[D]", hex("01") + "T01" + hex("03 01 02")),    // cut in the data
    root_frame(5, "[D]", hex("02") + whole),                      // an item is missing
    root_frame(5, "[D]", hex("01") + whole + "x"),                // something follows
    root_frame(5, "[D]", hex("01") + whole + "[E"),               // nearly the end
    root_frame(5, "[D]", hex("01") + whole + "[E]x"),             // more than the end
    root_frame(5, "[D]", hex("00") + whole),                      // no item was announced
    data_frame(5, {whole, item("GPS", hex("0cdac8 4ac7"))}),      // GPS has 6 bytes
    root_frame(5, "[M]"),                                         // no size
    root_frame(5, "[M]", hex("03") + "hi"),                       // shorter than its size
    root_frame(5, "NOD", std::string(15, 'u')),                   // a uuid has 16 bytes
    root_frame(5, "NOD", std::string(17, 'u')),                   //
    framed(big16(5) + "[D"),                                      // shorter than a type
    framed(big16(5)),                                             // an address alone
  };
  const std::vector<std::string> of_nobody{
    root_frame(0, "NET"),                                               // no count
    root_frame(0, "NET", hex("02") + big16(7) + uuid_of(7)),            // a node is missing
    root_frame(0, "NET", hex("01") + big16(7) + uuid_of(7) + "x"),      // something follows
    root_frame(77, "[M]", hex("01")),                                   // a node nobody knows
    framed(hex("05")),                                                  // shorter than an address
    framed(big16(0)),                                                   // an address alone
    framed(big16(0) + hex("01 02")),                                    // no text, no type
  };
  for (const auto& frame : of_node_5) {
    it.wait(500ms);
    it.root(frame);
  }
  for (const auto& frame : of_nobody) {
    it.wait(500ms);
    it.root(frame);
  }
  it.wait(1s);
  it.root(data_frame(5, {whole}, "[E]"));
  out.events = {{"link_changed", 2}, {"command", 1}, {"node_joined", 1}, {"node_changed", 1},
                {"reading", 2}};
  out.in_order = {R"("kind":"reading","node":5,"type":"GPS")",
                  R"("kind":"reading","node":5,"type":"T01","data":"01","reading":2)"};
  out.nodes = 1;
  out.malformed = of_node_5.size();
  return out;
}

/// Types that nobody knows are passed on; the 65th data type of a node is told, not kept.
golden other_types() {
  golden out{.name = "other_types"};
  auto& it = out.script;
  it.begin();
  it.root(root_frame(5, "abc", "payload"));
  it.root(root_frame(5, "xyz"));
  it.root(root_frame(5, "[M]", hex("02") + "hi" + "and more")); // kept and passed on
  it.wait(1s);
  it.root(data_frame(5, {item("AAA", ""), item("AAA", hex("01")), item("AAA", hex("02"))}));
  std::vector<std::string> many;
  for (auto n = 0; n < 64; ++n) // with AAA: 65
    many.push_back(item("B" + std::string(1, static_cast<char>('0' + n / 10))
                          + static_cast<char>('0' + n % 10),
                        hex("2a")));
  it.wait(1s);
  it.root(data_frame(5, many, "[E]"));
  out.events = {{"link_changed", 2}, {"command", 1}, {"node_joined", 1}, {"node_changed", 1},
                {"message", 3}, {"reading", 3 + 64}};
  out.in_order = {R"("kind":"message","node":5,"type":"abc","data":"7061796c6f6164","text":"payload")",
                  R"("kind":"message","node":5,"type":"xyz","data":"","text":"")",
                  R"("kind":"message","node":5,"type":"[M]","data":"026869616e64206d6f7265","text":"hiand more")",
                  R"("type":"AAA","data":"","reading":1)",
                  R"("type":"AAA","data":"02","reading":3)",
                  R"("type":"B62","data":"2a","reading":66)",
                  R"("type":"B63","data":"2a","reading":0)"};
  out.nodes = 1;
  return out;
}

} // namespace xylem::testing::scenarios
