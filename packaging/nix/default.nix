# SPDX-License-Identifier: GPL-2.0-only
# For NixOS, the module of a kernel and ntdvdctl:
#   boot.extraModulePackages = [ (config.boot.kernelPackages.callPackage .../packaging/nix { }) ];
#   services.udev.packages, environment.systemPackages: the same
# NixOS's cdrom group is that of the rule.
{ lib, stdenv, kernel, python3Packages, graphviz }:

stdenv.mkDerivation {
  pname = "ntdvd";
  version = "0.1-${kernel.version}";
  src = lib.cleanSource ../..;

  # The kernel's hardening is its own.
  hardeningDisable = [ "pic" "format" ];
  nativeBuildInputs = kernel.moduleBuildDependencies ++ [ python3Packages.sphinx graphviz ];

  makeFlags = [
    "RELEASE=${kernel.modDirVersion}"
    "KDIR=${kernel.dev}/lib/modules/${kernel.modDirVersion}/build"
    "DESTDIR=${placeholder "out"}"
    "prefix="
    "udevdir=/lib/udev"
    "zshdir=/share/zsh/site-functions"
  ];
  buildFlags = [ "modules" "tools" ];
  preInstall = "patchShebangs Documentation/build";
  enableParallelBuilding = true;

  meta = {
    description = "Windows DVD interface of DVD drives";
    license = lib.licenses.gpl2Only;
    platforms = lib.platforms.linux;
  };
}
