// The cases of the Autobahn suite against the frame codec, as server and as client, however the bytes are cut; and against the
// plain reader, so that the fuzzer holds the codec against something that is right.
#include "support/plain_frames.hpp"
#include "support/websocket_cases.hpp"

#include <fullon_cache_api/detail/net/frame_codec.hpp>
#include <fullon_cache_api/detail/net/frame_writer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace fullon_cache_api::detail;
using support::conformance_case;
using support::plain_event;
using support::websocket_cases;
using events = std::vector<plain_event>;
using kind = plain_event::kind;

constexpr std::size_t most = std::size_t(2) << 20;

struct echoed {
    events answers;
    bool broken = false; ///< the close frame says so
    bool more = false; ///< the reader has handed out something behind the end
    bool operator==(const echoed&) const = default;
};

/// Reader and writer as an endpoint that echoes. Of a binary message it says that it came.
class endpoint {
public:
    explicit endpoint(bool as_server)
        : as_server_(as_server), reader_({.masked = as_server, .max_message = most, .most_discarded = 0}),
          writer_(!as_server)
    {}

    void take(std::string_view bytes, std::size_t piece)
    {
        while (!bytes.empty()) {
            const auto room = reader_.room();
            const auto size = std::min({bytes.size(), room.size(), piece});
            std::copy_n(bytes.begin(), size, room.begin());
            reader_.commit(size);
            bytes.remove_prefix(size);
            for (auto event = reader_.next(); event.type != frame_event::kind::incomplete;
                 event = reader_.next())
                answer(event);
        }
    }

    /// What it has sent, as the peer reads it.
    echoed answers() const
    {
        auto read = support::read_plainly(sent_, {.masked = !as_server_});
        read.insert(read.begin() + static_cast<std::ptrdiff_t>(std::min(before_binary_, read.size())),
                    binaries_, plain_event{kind::binary});
        return {read, broken_, more_};
    }

private:
    void answer(const frame_event& event)
    {
        using what = frame_event::kind;
        more_ = more_ || writer_.close_queued();
        if (event.type == what::message) {
            std::vector<frame> one{std::make_shared<const std::string>(event.text)};
            writer_.begin(one);
        } else if (event.type == what::ping)
            writer_.queue_pong(event.text);
        else if (event.type == what::close || event.type == what::broken)
            writer_.queue_close(event.code, {});
        else if (event.type == what::binary)
            ++binaries_;
        broken_ = broken_ || event.type == what::broken;
        do {
            writer_.gather();
            for (const auto& part : writer_.parts())
                sent_.append(static_cast<const char*>(part.data()), part.size());
        } while (writer_.unfinished());
        writer_.end();
        if (binaries_ == 0)
            before_binary_ = answered_ += event.type == what::message || event.type == what::ping ? 1 : 0;
    }

    bool as_server_;
    frame_reader reader_;
    frame_writer writer_;
    std::string sent_;
    std::size_t binaries_ = 0, before_binary_ = 0, answered_ = 0;
    bool broken_ = false, more_ = false;
};

// The codec keeps nothing of a binary message.
echoed expected_of(const conformance_case& one)
{
    echoed expected{one.answers, one.fails};
    for (auto& answer : expected.answers)
        if (answer.type == kind::binary)
            answer.payload.clear();
    return expected;
}

echoed read(std::string_view bytes, bool as_server, std::size_t first, std::size_t piece)
{
    endpoint here(as_server);
    first = std::min(first, bytes.size());
    here.take(bytes.substr(0, first), first);
    here.take(bytes.substr(first), piece);
    return here.answers();
}

} // namespace

TEST_CASE("the table has every case of the suite once, but those of compression", "[websocket_cases]")
{
    std::set<std::string> numbers;
    std::map<std::string, int> chapters;
    for (const auto& one : websocket_cases()) {
        CHECK(numbers.insert(one.number).second);
        ++chapters[one.number.substr(0, one.number.find('.'))];
        REQUIRE(!one.answers.empty());
        CHECK(one.answers.back().type == kind::close);
    }
    CHECK(chapters == std::map<std::string, int>{{"1", 16},
                                                 {"2", 11},
                                                 {"3", 7},
                                                 {"4", 10},
                                                 {"5", 20},
                                                 {"6", 145},
                                                 {"7", 37},
                                                 {"9", 54},
                                                 {"10", 1}});
}

TEST_CASE("every case of the suite is answered as it wants, in one piece and in small ones",
          "[websocket_cases]")
{
    constexpr std::size_t long_one = 70'000; // it has no more places to be cut than others
    for (const auto& one : websocket_cases())
        for (const bool as_server : {true, false}) {
            CAPTURE(one.number, as_server, support::to_text(one.answers));
            const auto bytes = support::bytes_of(one, as_server);
            const auto expected = expected_of(one);
            std::set<std::size_t> pieces{most, one.chop == 0 ? most : one.chop};
            pieces.insert(bytes.size() > long_one ? 4093 : 1);
            for (const auto piece : pieces) {
                const auto found = read(bytes, as_server, 0, piece);
                CAPTURE(piece, support::to_text(found.answers));
                REQUIRE((found == expected));
            }
        }
}

TEST_CASE("every short case of the suite is answered the same, wherever it is cut", "[websocket_cases]")
{
    constexpr std::size_t short_one = 300;
    int cut_cases = 0;
    for (const auto& one : websocket_cases())
        for (const bool as_server : {true, false}) {
            const auto bytes = support::bytes_of(one, as_server);
            if (bytes.size() > short_one)
                continue;
            ++cut_cases;
            const auto expected = expected_of(one);
            for (std::size_t first = 1; first < bytes.size(); ++first) {
                CAPTURE(one.number, as_server, first, support::to_text(one.answers));
                REQUIRE((read(bytes, as_server, first, most) == expected));
            }
        }
    CHECK(cut_cases > 400);
}

TEST_CASE("what cannot become UTF-8 any more is refused before the rest of it comes", "[websocket_cases]")
{
    int decided = 0;
    for (const auto& one : websocket_cases())
        for (const bool as_server : {true, false}) {
            if (!one.decided)
                continue;
            ++decided;
            CAPTURE(one.number, as_server);
            const auto bytes = support::bytes_of(one, as_server, one.decided->first, one.decided->second);
            CHECK((read(bytes, as_server, 0, most) == expected_of(one)));
            CHECK((read(bytes, as_server, 0, 1) == expected_of(one)));
        }
    CHECK(decided == 10);
}

TEST_CASE("a plain reader, by which the fuzzer judges, sees the cases of the suite as they are meant",
          "[websocket_cases]")
{
    for (const auto& one : websocket_cases())
        for (const bool masked : {true, false}) {
            bool broken = false;
            events answers;
            for (auto event : support::read_plainly(support::bytes_of(one, masked), {.masked = masked})) {
                broken = event.type == kind::broken;
                if (event.type == kind::pong)
                    continue;
                if (event.type == kind::ping)
                    event.type = kind::pong;
                if (broken || event.type == kind::close)
                    event = {kind::close, {}, event.code};
                answers.push_back(event);
            }
            CAPTURE(one.number, masked, support::to_text(one.answers), support::to_text(answers));
            REQUIRE(answers == one.answers);
            REQUIRE(broken == one.fails);
        }
}
