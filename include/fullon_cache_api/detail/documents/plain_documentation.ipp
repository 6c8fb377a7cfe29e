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

// The Markdown that the documents use in prose, outside code: **strong** and [text](link).
std::string html_prose(std::string_view text)
{
    std::string made;
    bool strong = false;
    while (!text.empty()) {
        const auto sign = std::min({text.find("**"), text.find('['), text.size()});
        made.append(html_escaped(text.substr(0, sign)));
        text.remove_prefix(sign);
        if (text.starts_with("**")) {
            made.append(strong ? "</b>" : "<b>");
            strong = !strong;
            text.remove_prefix(2);
        } else if (!text.empty()) {
            const auto middle = text.find("](");
            const auto end = middle == std::string_view::npos ? middle : text.find(')', middle);
            if (end == std::string_view::npos)
                return made.append(html_escaped(text));
            made.append("<a href=\"").append(html_escaped(text.substr(middle + 2, end - middle - 2)));
            made.append("\">").append(html_escaped(text.substr(1, middle - 1))).append("</a>");
            text.remove_prefix(end + 1);
        }
    }
    return made;
}

// A line or a paragraph: what is between "`" is code.
std::string html_words(std::string_view text)
{
    std::string made;
    for (bool code = false; !text.empty(); code = !code) {
        const auto part = text.substr(0, text.find('`'));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        if (code)
            made.append("<code>").append(html_escaped(part)).append("</code>");
        else
            made.append(html_prose(part));
    }
    return made;
}

// A row such as `| 400 | Malformed request |`; the line below the heading has none.
std::string html_row(std::string_view line)
{
    if (line.starts_with("| ---"))
        return {};
    std::string made = "<tr>";
    for (line.remove_prefix(1); !line.empty();) {
        const auto cell = line.substr(0, line.find('|'));
        line.remove_prefix(std::min(line.size(), cell.size() + 1));
        made.append("<td>").append(html_words(cell)).append("</td>");
    }
    return made.append("</tr>\n");
}

// Paragraphs and tables.
std::string html_text(std::string_view text)
{
    std::string made;
    while (!text.empty()) {
        auto part = text.substr(0, text.find("\n\n"));
        text.remove_prefix(std::min(text.size(), part.size() + 2));
        if (!part.starts_with('|')) {
            made.append("<p>").append(html_words(part)).append("</p>\n");
            continue;
        }
        made.append("<table>\n");
        while (!part.empty()) {
            const auto line = part.substr(0, part.find('\n'));
            part.remove_prefix(std::min(part.size(), line.size() + 1));
            made.append(html_row(line));
        }
        made.append("</table>\n");
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
            .append("</code></h3>\n<p><b>")
            .append(html_words(text_at(operation, "summary")));
        page.append("</b></p>\n").append(html_text(text_at(operation, "description")));
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
    page.append("<h2>WebSocket</h2>\n")
        .append(html_text(text_at(document.at("info").as_object(), "description")));
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
    page.append(html_escaped(text_at(info, "version"))).append("</h1>\n");
    page.append(html_text(text_at(info, "description")));
    append_rest(page, openapi);
    append_websocket(page, asyncapi);
    return page.append("</body>\n</html>\n");
}

} // namespace fullon_cache_api::detail
