// The client half of this example: also what README.md shows.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>

/// Prints the first ten updates of two tickers. \returns the last price.
boost::asio::awaitable<double> watch(std::string url);
