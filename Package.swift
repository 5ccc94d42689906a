// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "hopsh",
  targets: [
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "CEditline", linkerSettings: [.linkedLibrary("edit")]),
    .target(name: "Kernel"),
    .target(name: "Patterns", dependencies: ["Kernel"]),
    .target(name: "Architecture", dependencies: ["Kernel", "Patterns", "CSQLite"]),
    .target(name: "Language"),
    .target(name: "School"),
    .target(name: "Shell", dependencies: ["Architecture", "Kernel", "Language", "School"]),
    .target(name: "Terminal", dependencies: ["CEditline"]),
    .executableTarget(name: "hopsh", dependencies: ["Shell", "Language", "Terminal"]),
    .executableTarget(
      name: "Throughput", dependencies: ["Architecture", "Kernel"], path: "Benchmarks/Throughput"),
    .testTarget(name: "KernelTests", dependencies: ["Kernel"]),
    .testTarget(name: "PatternsTests", dependencies: ["Patterns", "Kernel"]),
    .testTarget(name: "ArchitectureTests", dependencies: ["Architecture", "Kernel", "Patterns"]),
    .testTarget(name: "LanguageTests", dependencies: ["Language"]),
    .testTarget(
      name: "ShellTests", dependencies: ["Shell", "School", "Architecture", "Kernel", "hopsh"]),
    .testTarget(name: "TerminalTests", dependencies: ["hopsh"]),
  ],
  swiftLanguageModes: [.v6]
)
