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
    "Read-only and real-time access to what a trading system keeps in its Redis cache. One message is one "
    "JSON "
    "document in one text message. Every request gets exactly one reply, as it is ready, which need not be "
    "the order of "
    "the requests; `request_id` tells which. A bad request never ends the connection.\n\n"
    "A stream is acknowledged, then come its snapshot (marked `snapshot`, with the `stream_key`), "
    "`snapshot_end`, and "
    "live updates without these marks. A live update is sent once to a connection, however many of its "
    "streams hold "
    "its topic; `update_id` counts the updates of a topic, and a hole of n means that n were left out: "
    "values that a "
    "newer one replaced while they waited. Of trades and closed bars nothing is left out but where a `gap` "
    "says so. "
    "`stale` says that what a stream, or some of its topics, holds cannot be read at present, `fresh` that "
    "it "
    "equals Redis again.\n\n"
    "Close codes: 1000 asked, 1001 shutting down, 1002 protocol violation, 1003 binary message, 1007 not "
    "UTF-8, 1008 "
    "slow consumer, 1009 message too large, 1011 internal error.\n\n"
    "The same data is served over HTTP: see `/openapi.json`.";

constexpr std::string_view shared_schemas = R"({
    "request_id": {"type": ["string", "number", "null"],
        "description": "Comes back as it was; at most 510 bytes. Without one the server makes one up"},
    "metrics": {"type": "object", "description": "How the answer came about",
        "properties": {
            "duration_ms": {"type": "number", "minimum": 0, "description": "In the server"},
            "cache_hit": {"type": "boolean", "description": "False when the result says that there is nothing"},
            "source": {"type": "string", "enum": ["redis", "memory"]}},
        "required": ["duration_ms", "cache_hit", "source"]}
})";

struct mark_words {
    const char* type;
    const char* words;
    const char* members; // of the payload, beside `type`
};

constexpr std::array<mark_words, 4> stream_marks{{
    {"snapshot_end", "Ends the snapshot of a stream; `items` says how many messages it had.",
     R"({"stream_key": {"type": "string"}, "items": {"type": "integer", "minimum": 0}})"},
    {"stale", "The stream, or these topics of it, cannot be read at present: what was known before stands.",
     R"({"stream_key": {"type": "string"}, "reason": {"type": "string"},
         "topics": {"type": "array", "items": {"type": "string"}}})"},
    {"fresh", "The stream, or these topics of it, equals Redis again.",
     R"({"stream_key": {"type": "string"}, "topics": {"type": "array", "items": {"type": "string"}}})"},
    {"gap", "Stands in the place of events of a topic that were lost to the bound of the queue.",
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
        json::object made{
            {"name", name}, {"title", name}, {"summary", words}, {"contentType", "application/json"}};
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
    draft.add_message(name, "What `" + info.name + "` found", reply_schema(std::move(result)),
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
        {"description", "Counts the updates of its topic; of a snapshot: the last it includes"}};
    properties["snapshot"] = {{"const", true},
                              {"description", "It is of the snapshot of the stream `stream_key`"}};
    properties["stream_key"] = {{"type", "string"}, {"description", "Only of a snapshot"}};
    properties["removed"] = {{"const", true},
                             {"description", "It was deleted from Redis; these were its last values"}};
    auto required = schema.at("required").as_array();
    required.insert(required.begin(), "type");
    required.emplace_back("update_id");
    auto example = example_of(message_schema(properties, required), {}, type).as_object();
    for (const auto* const mark : {"snapshot", "stream_key", "removed"})
        example.erase(mark);
    const auto words = "What `" + info.name + "` sends: " + info.doc;
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
    draft.add_message("stream_reply", "Acknowledges a stream: its snapshot follows",
                      reply_schema(std::move(ack)), std::move(example), true);
    draft.add_message("error_reply", "What went wrong with a request",
                      message_schema({{"request_id", reference("components/schemas/request_id")},
                                      {"success", {{"const", false}}},
                                      {"error_code", error_code_schema()},
                                      {"error",
                                       {{"type", "string"},
                                        {"description", "For people; of INVALID_PARAMS it begins with "
                                                        "the parameter's name"}}}},
                                     {"request_id", "success", "error_code", "error"}),
                      {{"request_id", "a1"},
                       {"success", false},
                       {"error_code", "INVALID_PARAMS"},
                       {"error", "symbol: required, must be a non-empty text"}},
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
                         {"description", "The server that this document came from, by its settings"}}}};
    json::array servers;
    servers.push_back(reference("servers/cache"));
    made["channels"] = {{"cache",
                         {{"address", settings.websocket_path},
                          {"title", "The cache"},
                          {"description", "Everything travels on one connection; `/` is the same"},
                          {"servers", std::move(servers)},
                          {"messages", std::move(draft.in_channel)},
                          {"bindings", {{"ws", {{"method", "GET"}}}}}}}};
    made["operations"] = std::move(draft.operations);
    made["components"] = {{"schemas", json::parse(shared_schemas)},
                          {"messages", std::move(draft.messages)},
                          {"correlationIds",
                           {{"request_id",
                             {{"description", "A reply has the id of its request"},
                              {"location", "$message.payload#/request_id"}}}}}};
    return made;
}

} // namespace fullon_cache_api::detail
