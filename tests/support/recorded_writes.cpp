// Bodies of recorded_writes.hpp.
#include "support/recorded_writes.hpp"
#include "support/recorded_exchanges.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <fstream>
#include <stdexcept>
#include <string_view>

namespace support {
namespace {

std::ifstream open_data(const std::string& name)
{
    std::ifstream file(std::string(FULLON_SOURCE_DIR) + "/tests/data/" + name);
    if (!file)
        throw std::runtime_error("cannot read tests/data/" + name);
    return file;
}

// Words as a shell would see them: only single quotes are used.
std::vector<std::string> split_words(std::string_view line)
{
    std::vector<std::string> words;
    std::string word;
    bool quoted = false;
    bool any = false;
    for (const char c : line) {
        if (c == '\'') {
            quoted = !quoted;
            any = true;
        } else if (c == ' ' && !quoted) {
            if (any)
                words.push_back(word);
            word.clear();
            any = false;
        } else {
            word.push_back(c);
            any = true;
        }
    }
    if (any)
        words.push_back(word);
    return words;
}

} // namespace

std::vector<recorded_call> recorded_calls()
{
    std::vector<recorded_call> calls;
    auto file = open_data("recorded_redis_writes.md");
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("## "))
            calls.push_back({.title = line.substr(3), .commands = {}});
        else if (line.starts_with("```"))
            inside = !inside;
        else if (inside && !line.starts_with("("))
            calls.back().commands.push_back(split_words(line));
    }
    return calls;
}

std::vector<std::vector<std::string>> seed_commands()
{
    std::vector<std::vector<std::string>> commands;
    auto file = open_data("seed.jsonl");
    for (std::string line; std::getline(file, line);)
        if (!line.empty())
            commands.push_back(boost::json::value_to<std::vector<std::string>>(boost::json::parse(line)));
    return commands;
}

namespace {

std::vector<recorded_exchange> read_exchanges(const std::string& name)
{
    std::vector<recorded_exchange> exchanges;
    auto file = open_data("compat_dialect/" + name);
    for (std::string line; std::getline(file, line);) {
        const auto recorded = boost::json::parse(line).as_object();
        const auto text = [&](const char* member) {
            const auto* found = recorded.if_contains(member);
            return found ? std::string(found->as_string()) : std::string();
        };
        recorded_exchange made{text("endpoint"), text("note"), text("request"), {}};
        if (const auto* replies = recorded.if_contains("replies"))
            made.replies = boost::json::value_to<std::vector<std::string>>(*replies);
        else
            made.replies.push_back(text("reply"));
        exchanges.push_back(std::move(made));
    }
    return exchanges;
}

} // namespace

std::vector<recorded_exchange> recorded_queries()
{
    return read_exchanges("exchanges.jsonl");
}

std::vector<recorded_exchange> recorded_streams()
{
    return read_exchanges("streams.jsonl");
}

} // namespace support
