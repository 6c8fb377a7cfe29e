// Bodies of read_error.hpp.
#pragma once

#include <fullon_orm/read_error.hpp>

#include <boost/throw_exception.hpp>

#include <stdexcept>
#include <string_view>

namespace fullon_orm {
namespace {

constexpr std::string_view fault_text(read_fault fault) noexcept
{
    switch (fault) {
    case read_fault::not_json: return "not JSON";
    case read_fault::not_an_object: return "not a JSON object";
    case read_fault::not_a_list: return "not a JSON list";
    case read_fault::missing: return "missing";
    case read_fault::not_a_number: return "not a finite number";
    }
    return "unreadable";
}

} // namespace

std::string read_error::text() const
{
    const auto reason = fault_text(fault);
    return member.empty() ? std::string(reason) : (member + ": ").append(reason);
}

void throw_exception_from_error(const read_error& error, const boost::source_location& where)
{
    boost::throw_exception(std::runtime_error(error.text()), where);
}

} // namespace fullon_orm
