// Writes the generated documents into a folder, for the validators.
#include <fullon_cache_api/detail/documents/documents.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/json/object.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace {

bool write(const std::filesystem::path& where, const boost::json::value& document)
{
    std::string text;
    fullon_orm::write_json(text, document, fullon_orm::json_style::wire);
    std::ofstream file(where, std::ios::binary);
    file << text << '\n';
    return file.flush().good();
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::cerr << "usage: write_documents FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder(argv[1]);
    const fullon_cache_api::detail::document_settings settings;
    const bool written =
        write(folder / "openapi.json", fullon_cache_api::detail::openapi_document(settings)) &&
        write(folder / "asyncapi.json", fullon_cache_api::detail::asyncapi_document(settings));
    if (!written)
        std::cerr << "write_documents: cannot write into " << folder << '\n';
    return written ? 0 : 1;
}
