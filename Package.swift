// swift-tools-version: 6.0
import PackageDescription

/// Tells the compiler which branches of the deployment are often taken, as `Benchmarks/profile` has
/// counted them; only the compiler that wrote the profile is sure to read it.
let asMeasured: [SwiftSetting] = {
  #if arch(x86_64) && os(Linux) && compiler(>=6.3) && compiler(<6.4)
    if Context.environment["HOPSH_PROFILE"] != "off" {
      let profile = "\(Context.packageDirectory)/Benchmarks/throughput.profile"
      let flags = ["-Xfrontend", "-ir-profile-use=\(profile)"]
      return [.unsafeFlags(flags, .when(configuration: .release))]
    }
  #endif
  return []
}()

/// Lets the compiler specialize and inline across modules, too: the kernel and the patterns are
/// small. Whoever runs the deployment has parts of it compiled along.
let acrossModules =
  asMeasured + [
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))
  ]

let package = Package(
  name: "hopsh",
  targets: [
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CMarkdown", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
    .target(name: "CEditline", linkerSettings: [.linkedLibrary("edit")]),
    .target(name: "Kernel", swiftSettings: acrossModules),
    .target(name: "Patterns", dependencies: ["Kernel"], swiftSettings: acrossModules),
    .target(
      name: "Architecture", dependencies: ["Kernel", "Patterns", "CSQLite"],
      swiftSettings: acrossModules),
    .target(name: "Language"),
    .target(name: "School", dependencies: ["CMarkdown"]),
    .target(
      name: "Shell", dependencies: ["Architecture", "Kernel", "Patterns", "Language", "School"],
      swiftSettings: asMeasured),
    .target(name: "Terminal", dependencies: ["CEditline"]),
    // It holds a `Session`, and with it a `World`: it names all whose layout that depends on, or an
    // incremental build would not compile it again when one of them changes.
    .executableTarget(
      name: "hopsh",
      dependencies: ["Shell", "Architecture", "Patterns", "Kernel", "Language", "Terminal"],
      swiftSettings: asMeasured),
    .executableTarget(
      name: "Throughput", dependencies: ["Architecture", "Kernel"], path: "Benchmarks/Throughput",
      swiftSettings: asMeasured),
    .testTarget(name: "KernelTests", dependencies: ["Kernel"]),
    .testTarget(name: "PatternsTests", dependencies: ["Patterns", "Kernel"]),
    .testTarget(name: "ArchitectureTests", dependencies: ["Architecture", "Kernel", "Patterns"]),
    .testTarget(name: "LanguageTests", dependencies: ["Language"]),
    .testTarget(name: "SchoolTests", dependencies: ["School"]),
    .testTarget(
      name: "ShellTests", dependencies: ["Shell", "School", "Architecture", "Kernel", "hopsh"]),
    .testTarget(name: "TerminalTests", dependencies: ["hopsh"]),
  ],
  swiftLanguageModes: [.v6]
)
