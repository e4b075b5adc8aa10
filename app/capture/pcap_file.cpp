#include "app/capture/pcap_file.hpp"
