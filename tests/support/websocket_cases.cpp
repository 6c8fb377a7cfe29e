// Bodies of websocket_cases.hpp.
#include "support/websocket_cases.hpp"

#include <cstdint>

namespace support {
namespace cases {

using kind = plain_event::kind;

sent_frame text(std::string payload, bool final)
{
    return {opcode::text, std::move(payload), final};
}
sent_frame more(std::string payload, bool final)
{
    return {opcode::continuation, std::move(payload), final};
}
sent_frame ping(std::string payload)
{
    return {opcode::ping, std::move(payload)};
}
sent_frame close(unsigned code, std::string reason)
{
    return {opcode::close, close_payload(static_cast<std::uint16_t>(code), reason)};
}
plain_event says(std::string payload)
{
    return {kind::text, std::move(payload)};
}
plain_event pong(std::string payload)
{
    return {kind::pong, std::move(payload)};
}

std::vector<sent_frame> in_fragments(const sent_frame& whole, std::size_t size)
{
    std::vector<sent_frame> frames;
    for (std::size_t at = 0; at < whole.payload.size(); at += size)
        frames.push_back({at == 0 ? whole.code : opcode::continuation, whole.payload.substr(at, size),
                          at + size >= whole.payload.size()});
    return frames;
}

conformance_case fine(std::string number, std::vector<sent_frame> sends, std::vector<plain_event> answers,
                      std::size_t chop)
{
    sends.push_back(close(1000));
    auto made = closed(std::move(number), std::move(sends), std::move(answers), 1000);
    made.chop = chop;
    return made;
}

conformance_case closed(std::string number, std::vector<sent_frame> sends, std::vector<plain_event> answers,
                        unsigned code)
{
    answers.push_back({kind::close, {}, code});
    return {.number = std::move(number), .sends = std::move(sends), .answers = std::move(answers)};
}

conformance_case broken(std::string number, std::vector<sent_frame> sends, unsigned code,
                        std::vector<plain_event> answers, std::size_t chop)
{
    // Who fails the connection at once may drop what was not answered yet.
    const auto level = answers.empty() ? grade::strict : grade::lenient;
    auto made = closed(std::move(number), std::move(sends), std::move(answers), code);
    made.fails = true;
    made.chop = chop;
    made.level = level;
    return made;
}

} // namespace cases

const std::vector<conformance_case>& websocket_cases()
{
    static const auto all = [] {
        std::vector<conformance_case> made;
        add_frame_cases(made);
        add_utf8_cases(made);
        add_closing_cases(made);
        add_limit_cases(made);
        return made;
    }();
    return all;
}

std::string bytes_of(const conformance_case& one, bool masked, std::size_t frames, std::size_t payload)
{
    std::string bytes;
    for (std::size_t i = 0; i < one.sends.size() && (i < frames || (i == frames && payload != 0)); ++i) {
        const auto& frame = one.sends[i];
        bytes += make_frame(frame.payload, {frame.code, frame.final, masked, frame.reserved});
        if (i == frames)
            bytes.resize(bytes.size() - frame.payload.size() + payload);
    }
    return bytes;
}

std::string bytes_of(const conformance_case& one, bool masked)
{
    return bytes_of(one, masked, one.sends.size(), 0);
}

std::string to_text(const std::vector<plain_event>& events)
{
    constexpr const char* names[] = {"text", "binary", "too large", "ping", "pong", "close", "broken"};
    constexpr std::size_t shown = 40;
    std::string made;
    for (const auto& one : events) {
        made.append(made.empty() ? "" : ", ").append(names[static_cast<std::size_t>(one.type)]);
        if (one.code != 0)
            made.append(" ").append(std::to_string(one.code));
        if (!one.payload.empty())
            made.append(" '")
                .append(one.payload.substr(0, shown))
                .append("' ")
                .append(std::to_string(one.payload.size()));
    }
    return made;
}

} // namespace support
