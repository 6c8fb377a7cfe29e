// AsyncAPI 3: the body of asyncapi_document(). The document describes the server: it receives requests, and sends
// replies and the messages of streams.
#pragma once

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/documents/document_parts.hpp>
#include <fullon_cache_api/detail/documents/documents.hpp>
#include <fullon_cache_api/detail/documents/examples.hpp>
#include <fullon_cache_api/detail/wire/schema.hpp>

#include <boost/json/parse.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

namespace json = boost::json;

constexpr std::string_view websocket_description =
    R"(Read-only, real-time access to the Redis cache of a trading system.
Each text message holds one JSON document.

**Requests.** Every request gets exactly one reply. Replies are sent as soon as they are ready, not necessarily in the
order of the requests; match them by `request_id`. An invalid request never closes the connection.

**Streams.** A stream is acknowledged first. Then come its snapshot (messages with `snapshot` and `stream_key`),
`snapshot_end`, and live updates without these two members. A live update is sent once per connection, however many of
its streams follow the topic. `update_id` counts the updates of a topic: if ids jump by n + 1, n updates were skipped
because newer values replaced them while they were queued. Trades and closed bars are never skipped silently: a `gap`
message says how many were dropped. `stale` means that the data of a stream, or of some of its topics, currently cannot
be read; `fresh` means that it matches Redis again.

**Close codes.** 1000 requested by the client, 1001 shutting down, 1002 protocol error, 1003 binary message, 1007 invalid
UTF-8, 1008 slow consumer, 1009 message too large, 1011 internal error.

**HTTP.** The same data is available over HTTP, described in [openapi.json](openapi.json) (OpenAPI 3.1).)";

constexpr std::string_view shared_schemas = R"({
    "request_id": {"type": ["string", "number", "null"],
        "description": "Returned unchanged; at most 510 bytes. If omitted, the server generates one"},
    "metrics": {"type": "object", "description": "How the result was obtained",
        "properties": {
            "duration_ms": {"type": "number", "minimum": 0, "description": "Time spent in the server"},
            "cache_hit": {"type": "boolean", "description": "False if the result is empty"},
            "source": {"type": "string", "enum": ["redis", "memory"]}},
        "required": ["duration_ms", "cache_hit", "source"]}
})";

struct mark_words {
    const char* type;
    const char* words;
    const char* members; // of the payload, beside `type`
};

constexpr std::array<mark_words, 4> stream_marks{{
    {"snapshot_end", "Ends the snapshot of a stream; `items` is its number of messages.",
     R"({"stream_key": {"type": "string"}, "items": {"type": "integer", "minimum": 0}})"},
    {"stale",
     "The data of the stream, or of these topics, currently cannot be read; the last known values are kept.",
     R"({"stream_key": {"type": "string"}, "reason": {"type": "string"},
         "topics": {"type": "array", "items": {"type": "string"}}})"},
    {"fresh", "The stream, or these topics of it, matches Redis again.",
     R"({"stream_key": {"type": "string"}, "topics": {"type": "array", "items": {"type": "string"}}})"},
    {"gap", "Replaces events of a topic that were dropped because the queue of the connection was full.",
     R"({"topic": {"type": "string"}, "dropped": {"type": "integer", "minimum": 1}})"},
}};

json::object message_schema(json::object properties, json::array required)
{
    return {{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

/// A document while it is made.
struct async_draft {
    json::object messages;
    json::object in_channel;
    json::object operations;

    static json::object in_channel_reference(const std::string& name)
    {
        return reference("channels/cache/messages/" + name);
    }

    // `example` beside a schema that holds references, which nothing can be made from.
    void add_message(const std::string& name, std::string_view words, json::object schema,
                     json::object example, bool correlated)
    {
        describe_members(schema, name);
        json::value payload(std::move(schema));
        flatten_tuples(payload); // payloads are JSON Schema draft 7
        json::object made{{"name", name},
                          {"title", title_of(name)},
                          {"summary", words},
                          {"contentType", "application/json"}};
        if (correlated)
            made["correlationId"] = reference("components/correlationIds/request_id");
        made["payload"] = std::move(payload);
        json::array examples;
        examples.push_back(json::object{{"name", name}, {"payload", std::move(example)}});
        made["examples"] = std::move(examples);
        messages[name] = std::move(made);
        in_channel[name] = reference("components/messages/" + name);
    }

    void add_sent(const std::string& name, std::string_view words)
    {
        json::array sent;
        sent.push_back(in_channel_reference(name));
        operations[name] = {{"action", "send"},
                            {"channel", reference("channels/cache")},
                            {"title", title_of(name)},
                            {"summary", words},
                            {"messages", std::move(sent)}};
    }
};

json::object reply_schema(json::object result)
{
    return message_schema({{"request_id", reference("components/schemas/request_id")},
                           {"success", {{"const", true}}},
                           {"result", std::move(result)},
                           {"metrics", reference("components/schemas/metrics")}},
                          {"request_id", "success", "result", "metrics"});
}

json::object reply_example(json::value result)
{
    return {{"request_id", "a1"},
            {"success", true},
            {"result", std::move(result)},
            {"metrics", {{"duration_ms", 0.21}, {"cache_hit", true}, {"source", "redis"}}}};
}

// What every stream is acknowledged with is one message.
std::string add_reply(async_draft& draft, const operation_entry& entry, const operation_info& info)
{
    if (entry.kind == operation_kind::stream)
        return "stream_reply";
    auto name = info.name + "_reply";
    auto example = reply_example(example_of(info.result.as_object(), {}, info.name));
    auto result = info.result.as_object();
    describe_members(result, info.name); // in the message it has another name
    draft.add_message(name, "Result of `" + info.name + "`.", reply_schema(std::move(result)),
                      std::move(example), true);
    return name;
}

void add_operation(async_draft& draft, const operation_entry& entry)
{
    const auto info = entry.describe();
    const auto& params = info.params.as_object();
    json::array required{"operation"};
    const bool needed = !params.at("required").as_array().empty();
    if (needed)
        required.emplace_back("params");
    auto schema = message_schema({{"request_id", reference("components/schemas/request_id")},
                                  {"operation", {{"const", info.name}}},
                                  {"params", params}},
                                 std::move(required));
    if (!needed)
        schema.at("properties").at("params").at("type") = {"object", "null"};
    json::object example{{"request_id", "a1"}, {"operation", info.name}};
    auto arguments = example_of(params, {}, info.name).as_object();
    if (entry.name == "get_positions" || entry.name == "stream_positions" || entry.name == "get_balance")
        arguments.erase("exchange"); // another name of the other
    if (!arguments.empty())
        example["params"] = std::move(arguments);
    const auto request = info.name + "_request";
    draft.add_message(request, info.doc, std::move(schema), std::move(example), true);

    json::array replies;
    replies.push_back(async_draft::in_channel_reference(add_reply(draft, entry, info)));
    replies.push_back(async_draft::in_channel_reference("error_reply"));
    json::array requests;
    requests.push_back(async_draft::in_channel_reference(request));
    draft.operations[info.name] = {
        {"action", "receive"},
        {"channel", reference("channels/cache")},
        {"title", title_of(info.name)},
        {"summary", info.doc},
        {"messages", std::move(requests)},
        {"reply", {{"channel", reference("channels/cache")}, {"messages", std::move(replies)}}}};
}

void add_updates(async_draft& draft, const operation_entry& entry)
{
    const auto info = entry.describe();
    const std::string type(entry.message_type);
    json::object schema = info.result.as_object();
    json::object properties{{"type", {{"const", type}}}};
    for (const auto& [name, member] : schema.at("properties").as_object())
        properties[name] = member;
    properties["update_id"] = {
        {"type", "integer"},
        {"minimum", 0},
        {"description",
         "Number of this update within its topic; in a snapshot, that of the last update it includes"}};
    properties["snapshot"] = {{"const", true},
                              {"description", "Set in snapshot messages of the stream `stream_key`"}};
    properties["stream_key"] = {{"type", "string"}, {"description", "Only in snapshot messages"}};
    properties["removed"] = {
        {"const", true},
        {"description", "Set if it was deleted from Redis; the other members hold its last values"}};
    auto required = schema.at("required").as_array();
    required.insert(required.begin(), "type");
    required.emplace_back("update_id");
    auto example = example_of(message_schema(properties, required), {}, type).as_object();
    for (const auto* const mark : {"snapshot", "stream_key", "removed"})
        example.erase(mark);
    const auto words = "Update sent by `" + info.name + "`. " + info.doc;
    draft.add_message(type, words, message_schema(std::move(properties), std::move(required)),
                      std::move(example), false);
    draft.add_sent(type, words);
}

void add_marks(async_draft& draft)
{
    for (const auto& mark : stream_marks) {
        json::object properties{{"type", {{"const", mark.type}}}};
        json::array required{"type"};
        const auto members = json::parse(mark.members); // named: it must outlive the loop
        for (const auto& [name, member] : members.as_object()) {
            properties[name] = member;
            if (name != "topics")
                required.emplace_back(name);
        }
        auto schema = message_schema(std::move(properties), std::move(required));
        auto example = example_of(schema, {}, mark.type).as_object();
        draft.add_message(mark.type, mark.words, std::move(schema), std::move(example), false);
        draft.add_sent(mark.type, mark.words);
    }
}

void add_shared_replies(async_draft& draft)
{
    auto ack = protocol::schema_of<stream_ack>::make();
    ack.at("properties").at("delivery").as_object()["enum"] = {"exact", "best_effort"};
    auto example = reply_example(example_of(ack));
    draft.add_message("stream_reply", "Acknowledges a stream; its snapshot follows.",
                      reply_schema(std::move(ack)), std::move(example), true);
    draft.add_message("error_reply", "The error of a request.",
                      message_schema({{"request_id", reference("components/schemas/request_id")},
                                      {"success", {{"const", false}}},
                                      {"error_code", error_code_schema()},
                                      {"error",
                                       {{"type", "string"},
                                        {"description", "For people; with INVALID_PARAMS it begins with "
                                                        "the name of the parameter"}}}},
                                     {"request_id", "success", "error_code", "error"}),
                      {{"request_id", "a1"},
                       {"success", false},
                       {"error_code", "INVALID_PARAMS"},
                       {"error", "symbol: required, must be a non-empty string"}},
                      true);
}

} // namespace

json::object asyncapi_document(const document_settings& settings)
{
    async_draft draft;
    add_shared_replies(draft);
    for (const auto& entry : catalogue())
        add_operation(draft, entry);
    for (const auto& entry : catalogue())
        if (entry.kind == operation_kind::stream)
            add_updates(draft, entry);
    add_marks(draft);

    json::object made;
    made["asyncapi"] = "3.1.0";
    made["info"] = {
        {"title", settings.title}, {"version", settings.version}, {"description", websocket_description}};
    made["defaultContentType"] = "application/json";
    made["servers"] = {{"cache",
                        {{"host", settings.websocket_host},
                         {"protocol", settings.websocket_scheme},
                         {"description", "The server that returned this document"}}}};
    json::array servers;
    servers.push_back(reference("servers/cache"));
    made["channels"] = {{"cache",
                         {{"address", settings.websocket_path},
                          {"title", "Cache"},
                          {"description", "One connection carries all requests and streams; `/` is an alias"},
                          {"servers", std::move(servers)},
                          {"messages", std::move(draft.in_channel)},
                          {"bindings", {{"ws", {{"method", "GET"}}}}}}}};
    made["operations"] = std::move(draft.operations);
    made["components"] = {{"schemas", json::parse(shared_schemas)},
                          {"messages", std::move(draft.messages)},
                          {"correlationIds",
                           {{"request_id",
                             {{"description", "A reply carries the id of its request"},
                              {"location", "$message.payload#/request_id"}}}}}};
    return made;
}

} // namespace fullon_cache_api::detail
