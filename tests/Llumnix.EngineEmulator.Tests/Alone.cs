namespace Llumnix.EngineEmulator.Tests;

/// <summary>Tests that take the whole machine: others would see their timeouts.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
