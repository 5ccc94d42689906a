// swift-tools-version: 6.0
import PackageDescription

/// Lets the compiler specialize and inline across modules: the kernel and the patterns are small.
let acrossModules: [SwiftSetting] = [
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
      name: "Shell", dependencies: ["Architecture", "Kernel", "Patterns", "Language", "School"]),
    .target(name: "Terminal", dependencies: ["CEditline"]),
    // It holds a `Session`, and with it a `World`: it names all whose layout that depends on, or an
    // incremental build would not compile it again when one of them changes.
    .executableTarget(
      name: "hopsh",
      dependencies: ["Shell", "Architecture", "Patterns", "Kernel", "Language", "Terminal"]),
    .executableTarget(
      name: "Throughput", dependencies: ["Architecture", "Kernel"], path: "Benchmarks/Throughput"),
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
