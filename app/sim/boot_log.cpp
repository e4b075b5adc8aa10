#include "app/sim/boot_log.hpp"

#include <array>

namespace xylem {

std::string_view boot_log() noexcept {
  return "ets Jul 29 2019 12:21:46\r\n\r\n"
         "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
         "configsip: 0, SPIWP:0xee\r\n"
         "clk_drv:0x00,q_drv:0x00,d_drv:0x00,cs0_drv:0x00,hd_drv:0x00,wp_drv:0x00\r\n"
         "mode:DIO, clock div:2\r\n"
         "load:0x3fff0030,len:7172\r\n"
         "entry 0x400806a8\r\n"
         "\x1b[0;32mI (29) boot: chip revision: v3.1\x1b[0m\r\n"
         "\x1b[0;32mI (64) boot: Loaded app from partition at offset 0x10000\x1b[0m\r\n"
         "\x1b[0;33mW (112) spi_flash: Detected size(4096k) larger than the size in the binary "
         "image header(2048k). Using the size in the binary image header.\x1b[0m\r\n"
         "\x1b[0;32mI (131) app_start: Starting scheduler on CPU0\x1b[0m\r\n"
         "\x1b[0;32mI (274) mesh_root: UART driver installed, 115200 baud\x1b[0m\r\n";
}

std::string log_line(sim_time uptime, std::uint64_t choice) {
  constexpr std::array<std::string_view, 4> lines{
      ") mesh_root: free heap 143208\x1b[0m\r\n",
      ") mesh: [S0]provisioner scan response\x1b[0m\r\n",
      ") mesh_root: relay queue 3 of 16\x1b[0m\r\n", ") BLE_MESH: No outgoing segments\x1b[0m\r\n"};
  auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(uptime).count();
  return "\x1b[0;33mW (" + std::to_string(milliseconds)
         + std::string{lines.at(choice % lines.size())};
}

} // namespace xylem
