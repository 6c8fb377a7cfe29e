// `.env` files and times as texts.
#include "fuzz.hpp"

#include <fullon_log/dotenv.hpp>
#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/number_text.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = fuzz::text_of(data, size);
    const auto read = fullon_log::parse_dotenv(text);
    fuzz::require(!read.error || (read.error->line > 0 && !read.error->problem.empty()));
    for (const auto& one : read.entries)
        fuzz::require(!one.name.empty());
    if (const auto time = fullon_orm::parse_time(text))
        (void)fullon_orm::format_iso(*time);
    return 0;
}
