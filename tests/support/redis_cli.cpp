// Bodies of redis_cli.hpp.
#include "support/redis_cli.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace support {

namespace {

using std::chrono::steady_clock;

[[noreturn]] void throw_errno(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

void append_command(std::string& out, const std::vector<std::string>& words)
{
    out += '*' + std::to_string(words.size()) + "\r\n";
    for (const auto& word : words)
        out += '$' + std::to_string(word.size()) + "\r\n" + word + "\r\n";
}

template <typename Integer>
Integer number_in(std::string_view digits)
{
    Integer value{};
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (result.ec != std::errc() || result.ptr != digits.data() + digits.size())
        throw std::runtime_error("redis_cli: not a number: " + std::string(digits));
    return value;
}

// One reply from the front of `in`, which is advanced; empty if it is not complete.
std::optional<redis_reply> parse(std::string_view& in)
{
    auto rest = in;
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos)
        return std::nullopt;
    const char type = rest.front();
    const auto line = rest.substr(1, end - 1);
    rest.remove_prefix(end + 2);
    redis_reply reply;
    using kind = redis_reply::kind;
    switch (type) {
    case '+': reply.type = kind::status; break;
    case '-': reply.type = kind::error; break;
    case ':': reply.type = kind::integer; break;
    case '$':
    case '*': {
        const auto size = number_in<std::int64_t>(line);
        if (size < 0)
            break; // nil
        const auto count = static_cast<std::size_t>(size);
        if (type == '$') {
            if (rest.size() < count + 2)
                return std::nullopt;
            reply.type = kind::string;
            reply.text = rest.substr(0, count);
            rest.remove_prefix(count + 2);
            break;
        }
        reply.type = kind::array;
        for (std::size_t i = 0; i < count; ++i) {
            auto element = parse(rest);
            if (!element)
                return std::nullopt;
            reply.elements.push_back(std::move(*element));
        }
        break;
    }
    default: throw std::runtime_error("redis_cli: not RESP2: " + std::string(in.substr(0, 80)));
    }
    if (type == '+' || type == '-' || type == ':')
        reply.text = line;
    in = rest;
    return reply;
}

char unescape(std::string_view& in)
{
    const char first = in.front();
    in.remove_prefix(1);
    if (first != '\\' || in.empty())
        return first;
    const char code = in.front();
    in.remove_prefix(1);
    switch (code) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'a': return '\a';
    case 'b': return '\b';
    case 'x': {
        unsigned value = 0;
        std::from_chars(in.data(), in.data() + 2, value, 16);
        in.remove_prefix(2);
        return static_cast<char>(value);
    }
    default: return code;
    }
}

// 1339518083.107412 [0 127.0.0.1:60866] "set" "key" "a \"quoted\" value"
monitor_session::seen parse_monitor_line(std::string_view line)
{
    monitor_session::seen seen;
    const auto open = line.find('[');
    const auto space = line.find(' ', open);
    const auto close = line.find("] ", open);
    if (close == std::string_view::npos || space > close)
        throw std::runtime_error("redis_cli: not a MONITOR line: " + std::string(line));
    seen.database = number_in<int>(line.substr(open + 1, space - open - 1));
    seen.client = line.substr(space + 1, close - space - 1);
    line.remove_prefix(close + 2);
    while (!line.empty()) {
        if (std::exchange(line, line.substr(1)).front() != '"')
            continue;
        std::string word;
        while (!line.empty() && line.front() != '"')
            word += unescape(line);
        line.remove_prefix(line.empty() ? 0 : 1);
        seen.words.push_back(std::move(word));
    }
    return seen;
}

} // namespace

std::int64_t redis_reply::integer() const
{
    return number_in<std::int64_t>(text);
}

std::vector<std::string> redis_reply::texts() const
{
    std::vector<std::string> result;
    for (const auto& element : elements)
        result.push_back(element.text);
    return result;
}

std::string redis_reply::to_string() const
{
    switch (type) {
    case kind::nil: return "(nil)";
    case kind::error: return "(error) " + text;
    case kind::array: break;
    default: return text;
    }
    std::string result = "[";
    for (const auto& element : elements)
        result += (result.size() > 1 ? ", " : "") + element.to_string();
    return result + "]";
}

redis_cli::redis_cli(std::uint16_t port, std::chrono::milliseconds timeout) : timeout_(timeout)
{
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0)
        throw_errno("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Loopback: connects or fails at once.
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(socket_);
        throw std::system_error(error, std::generic_category(), "redis_cli: connect");
    }
    ::fcntl(socket_, F_SETFL, O_NONBLOCK);
}

redis_cli::~redis_cli()
{
    ::close(socket_);
}

redis_reply redis_cli::execute(const std::vector<std::string>& words)
{
    return std::move(pipeline({words}).front());
}

std::vector<redis_reply> redis_cli::pipeline(const std::vector<std::vector<std::string>>& commands)
{
    std::string out;
    for (const auto& words : commands)
        append_command(out, words);
    std::vector<redis_reply> replies;
    replies.reserve(commands.size());
    write_and_read(out, commands.size(), replies);
    return replies;
}

redis_reply redis_cli::receive()
{
    std::vector<redis_reply> one;
    write_and_read({}, 1, one);
    return std::move(one.front());
}

// Reads while it writes: Redis stops reading from who does not read.
void redis_cli::write_and_read(std::string_view out, std::size_t replies, std::vector<redis_reply>& into)
{
    auto deadline = steady_clock::now() + timeout_;
    for (;;) {
        std::string_view unread = in_;
        while (into.size() < replies) {
            auto reply = unread.empty() ? std::nullopt : parse(unread);
            if (!reply)
                break;
            into.push_back(std::move(*reply));
        }
        in_.erase(0, in_.size() - unread.size());
        if (into.size() == replies && out.empty())
            return;

        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
        pollfd ready{socket_, static_cast<short>(out.empty() ? POLLIN : POLLIN | POLLOUT), 0};
        if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) == 0)
            throw std::runtime_error("redis_cli: no answer within " + std::to_string(timeout_.count()) +
                                     " ms");
        if (ready.revents & POLLOUT) {
            const auto size = ::send(socket_, out.data(), out.size(), MSG_NOSIGNAL);
            if (size < 0 && errno != EAGAIN)
                throw_errno("redis_cli: send");
            out.remove_prefix(size > 0 ? static_cast<std::size_t>(size) : 0);
        }
        if (ready.revents & (POLLIN | POLLHUP | POLLERR)) {
            std::array<char, 65536> chunk; // NOLINT: filled by recv
            const auto size = ::recv(socket_, chunk.data(), chunk.size(), 0);
            if (size == 0)
                throw std::runtime_error("redis_cli: Redis has closed the connection");
            if (size < 0 && errno != EAGAIN)
                throw_errno("redis_cli: recv");
            if (size > 0)
                in_.append(chunk.data(), static_cast<std::size_t>(size));
        }
        deadline = steady_clock::now() + timeout_; // it moves
    }
}

void redis_cli::throw_error(const redis_reply& reply)
{
    throw std::runtime_error("Redis: " + reply.text);
}

monitor_session::monitor_session(const redis_server& server) : monitor_(server), marker_(server)
{
    monitor_("MONITOR");
}

std::vector<monitor_session::seen> monitor_session::collect()
{
    const std::string mark = "monitor_session mark " + std::to_string(++marks_);
    marker_("ECHO", mark);
    std::vector<seen> all;
    for (;;) {
        auto one = parse_monitor_line(monitor_.receive().text);
        if (one.words.size() == 2 && one.words[1] == mark)
            return all;
        all.push_back(std::move(one));
    }
}

std::vector<std::string> monitor_session::collect_lines()
{
    std::vector<std::string> lines;
    for (const auto& one : collect()) {
        std::string line;
        for (const auto& word : one.words)
            line += (line.empty() ? "" : " ") + word;
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace support
