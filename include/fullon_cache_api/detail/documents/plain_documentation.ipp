// The documentation page that needs no assets: the body of plain_documentation().
#pragma once

#include <fullon_cache_api/detail/documents/documentation.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {
namespace {

namespace json = boost::json;

constexpr std::string_view plain_head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>fullon_cache_api</title>
<link rel="icon" href="data:,">
<style>
body { font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; background: #fff; }
code, pre { font: 14px/1.4 monospace; background: #f3f3f5; }
code { padding: 0 .2em; }
pre { padding: .6em; white-space: pre-wrap; overflow-wrap: anywhere; }
p { margin: .4em 0; }
h3 { margin-top: 2em; border-top: 1px solid #ddd; padding-top: .6em; }
table { border-collapse: collapse; }
td, th { border: 1px solid #ddd; padding: .2em .6em; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
h3 code { overflow-wrap: anywhere; }
</style>
</head>
<body>
)";

std::string html_escaped(std::string_view text)
{
    std::string made;
    for (const char sign : text)
        switch (sign) {
        case '<': made.append("&lt;"); break;
        case '>': made.append("&gt;"); break;
        case '&': made.append("&amp;"); break;
        case '"': made.append("&quot;"); break;
        default: made.push_back(sign);
        }
    return made;
}

// Prose of the documents: what stands between "`" is code.
std::string html_words(std::string_view text)
{
    std::string made;
    for (bool code = false; !text.empty(); code = !code) {
        const auto part = text.substr(0, text.find('`'));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        made.append(code ? "<code>" : "").append(html_escaped(part)).append(code ? "</code>" : "");
    }
    return made;
}

std::string_view text_at(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
}

std::string escaped_json(const json::value& value)
{
    std::string text;
    fullon_orm::write_json(text, value, fullon_orm::json_style::wire);
    return html_escaped(text);
}

// An object at one member a line.
std::string example_lines(const json::value& value)
{
    const auto* members = value.if_object();
    if (!members || members->empty())
        return value.is_string() ? html_escaped(value.get_string()) : escaped_json(value);
    std::string text = "{";
    for (const auto& [name, member] : *members)
        text.append(text.size() == 1 ? "\n  " : ",\n  ")
            .append(escaped_json(name))
            .append(": ")
            .append(escaped_json(member));
    return text.append("\n}");
}

const json::value& followed(const json::value& document, const json::value& part)
{
    const auto reference = text_at(part.as_object(), "$ref");
    boost::system::error_code failure;
    const auto* found =
        reference.empty() ? &part : document.find_pointer(reference.substr(1), failure); // behind the "#"
    return found ? *found : part;
}

std::string allowed_values(const json::object& schema)
{
    std::string text = schema.contains("type") ? escaped_json(schema.at("type")) : std::string();
    for (const auto* const rule : {"enum", "minimum", "exclusiveMinimum", "maximum", "minLength"})
        if (const auto* value = schema.if_contains(rule))
            text.append(", ").append(rule).append(" ").append(escaped_json(*value));
    return text;
}

void append_parameters(std::string& page, const json::value& document, const json::array& parameters)
{
    page.append("<table><tr><th>parameter</th><th>in</th><th>must be</th><th>example</th><th></th></tr>\n");
    for (const auto& one : parameters) {
        const auto& parameter = followed(document, one).as_object();
        const bool required = parameter.at("required") == true;
        page.append("<tr><td><code>")
            .append(html_escaped(text_at(parameter, "name")))
            .append("</code></td><td>");
        page.append(html_escaped(text_at(parameter, "in")))
            .append(required ? ", required" : "")
            .append("</td><td>");
        page.append(allowed_values(parameter.at("schema").as_object())).append("</td><td>");
        if (const auto* example = parameter.if_contains("example"))
            page.append("<code>").append(example_lines(*example)).append("</code>");
        page.append("</td><td>");
        page.append(html_words(text_at(parameter, "description"))).append("</td></tr>\n");
    }
    page.append("</table>\n");
}

void append_responses(std::string& page, const json::value& document, const json::object& responses)
{
    for (const auto& [status, one] : responses) {
        const auto& response = followed(document, one).as_object();
        page.append("<p><b>").append(html_escaped(status)).append("</b> ");
        page.append(html_words(text_at(response, "description"))).append("</p>\n");
        if (const auto* content = response.if_contains("content"); content && status == "200")
            for (const auto& [type, body] : content->as_object())
                page.append("<pre>").append(example_lines(body.at("example"))).append("</pre>\n");
    }
}

void append_rest(std::string& page, const json::value& document)
{
    page.append("<h2>HTTP</h2>\n");
    for (const auto& [path, item] : document.at("paths").as_object()) {
        const auto& operation = item.at("get").as_object();
        page.append("<h3 id=\"")
            .append(html_escaped(text_at(operation, "operationId")))
            .append("\"><code>GET ");
        page.append(html_escaped(path))
            .append("</code></h3>\n<p>")
            .append(html_words(text_at(operation, "summary")));
        page.append("</p>\n");
        if (const auto* parameters = operation.if_contains("parameters"))
            append_parameters(page, document, parameters->as_array());
        append_responses(page, document, operation.at("responses").as_object());
    }
}

void append_messages(std::string& page, const json::value& document, const json::array& messages)
{
    for (const auto& one : messages) {
        const auto& message = followed(document, followed(document, one)).as_object();
        for (const auto& example : message.at("examples").as_array())
            page.append("<pre>").append(escaped_json(example.at("payload"))).append("</pre>\n");
    }
}

void append_websocket(std::string& page, const json::value& document)
{
    page.append("<h2>WebSocket</h2>\n<p>")
        .append(html_words(text_at(document.at("info").as_object(), "description")));
    page.append("</p>\n");
    for (const auto& [name, one] : document.at("operations").as_object()) {
        const auto& operation = one.as_object();
        page.append("<h3 id=\"ws-").append(html_escaped(name)).append("\"><code>").append(html_escaped(name));
        page.append("</code></h3>\n<p>").append(html_words(text_at(operation, "summary"))).append("</p>\n");
        append_messages(page, document, operation.at("messages").as_array());
        if (const auto* reply = operation.if_contains("reply"))
            append_messages(page, document, reply->at("messages").as_array());
    }
}

} // namespace

std::string plain_documentation(const json::value& openapi, const json::value& asyncapi)
{
    const auto& info = openapi.at("info").as_object();
    std::string page(plain_head);
    page.append("<h1>").append(html_escaped(text_at(info, "title"))).append(" ");
    page.append(html_escaped(text_at(info, "version"))).append("</h1>\n<p>");
    page.append(html_words(text_at(info, "description"))).append("</p>\n");
    append_rest(page, openapi);
    append_websocket(page, asyncapi);
    return page.append("</body>\n</html>\n");
}

} // namespace fullon_cache_api::detail
