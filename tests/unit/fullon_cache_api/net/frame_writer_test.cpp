// What is sent: few buffers for many messages, control frames in their turn, fragments, masks.
#include <fullon_cache_api/detail/net/frame_codec.hpp>
#include <fullon_cache_api/detail/net/frame_writer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace fullon_cache_api::detail;
using texts = std::vector<std::string>;

void begin(frame_writer& writer, const texts& messages)
{
    std::vector<frame> frames;
    for (const auto& one : messages)
        frames.push_back(std::make_shared<const std::string>(one));
    writer.begin(frames);
}

/// One gather, sent in pieces of this size.
std::string send(frame_writer& writer, std::size_t piece = 1'000'000)
{
    writer.gather();
    std::string bytes;
    while (!writer.parts().empty()) {
        const auto part = writer.parts().front();
        const auto size = std::min(part.size(), piece);
        bytes.append(static_cast<const char*>(part.data()), size);
        writer.consume(size);
    }
    return bytes;
}

texts read(const std::string& bytes, bool masked = false)
{
    frame_reader reader({.masked = masked, .max_message = 1'000'000, .most_discarded = 0});
    texts found;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto room = reader.room();
        const auto size = std::min(room.size(), bytes.size() - at);
        std::copy_n(bytes.data() + at, size, room.data());
        reader.commit(size);
        at += size;
        for (auto event = reader.next(); event.type != frame_event::kind::incomplete; event = reader.next()) {
            constexpr std::string_view names = "?mblpqcx";
            found.push_back(names[static_cast<std::size_t>(event.type)] + event.text);
        }
    }
    return found;
}

} // namespace

TEST_CASE("many small messages are one buffer, each a frame", "[frame_writer]")
{
    frame_writer writer(false);
    texts messages, expected;
    for (int i = 0; i < 250; ++i) {
        messages.push_back(std::string(200, 'x') + std::to_string(i));
        expected.push_back("m" + messages.back());
    }
    begin(writer, messages);
    writer.gather();
    CHECK(writer.parts().size() == 1);
    CHECK_FALSE(writer.unfinished());
    begin(writer, messages);
    CHECK(read(send(writer, 77)) == expected);
}

TEST_CASE("large payloads are sent from their place, in fragments that pings and pongs go between",
          "[frame_writer]")
{
    frame_writer writer(false);
    const std::string large(150'000, 'y');
    begin(writer, {"first", large, "last"});
    auto bytes = send(writer);
    CHECK(bytes.size() < large.size());
    CHECK(writer.unfinished());
    writer.queue_pong("p");
    writer.queue_ping();
    while (writer.unfinished())
        bytes += send(writer);
    CHECK(read(bytes) == texts{"mfirst", "qp", "p", "m" + large, "mlast"});
    writer.end();
    begin(writer, {std::string(5000, 'z')});
    writer.gather();
    CHECK(writer.parts().size() == 2); // its head, and what is not copied
}

TEST_CASE("a client's frames are masked, and there is nothing behind a close frame but what waited",
          "[frame_writer]")
{
    frame_writer writer(true);
    begin(writer, {"one", "", std::string(3000, 'x')});
    CHECK(read(send(writer, 13), true) == texts{"mone", "m", "m" + std::string(3000, 'x')});
    writer.queue_pong("p");
    writer.queue_close(1001, std::string(200, 'r'));
    writer.queue_close(1000, "again");
    writer.queue_pong("late");
    CHECK(writer.close_queued());
    CHECK(read(writer.take_control(), true) == texts{"qp", "c" + std::string(123, 'r')});
    CHECK(writer.take_control().empty());
}

TEST_CASE("pongs that nobody takes are bounded, the newest stay", "[frame_writer]")
{
    frame_writer writer(false);
    for (int i = 0; i < 100'000; ++i)
        writer.queue_pong(std::to_string(i));
    const auto bytes = writer.take_control();
    CHECK(bytes.size() < 8 * 1024);
    CHECK(read(bytes).back() == "q99999");
}
