// Prints the status document on standard input as the gateway's /metrics does.
#include "protocol/prometheus.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <iostream>
#include <iterator>

int main() {
  std::string text{std::istreambuf_iterator<char>{std::cin}, {}};
  std::cout << xylem::prometheus_text(boost::json::parse(text).as_object());
}
