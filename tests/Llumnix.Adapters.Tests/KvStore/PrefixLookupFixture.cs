using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Testing.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.KvStore;

/// <summary>Lookups on a clock that stands still until told otherwise, of prompts in chunks of <see cref="ChunkSize"/> tokens.</summary>
internal sealed class PrefixLookupFixture
{
    internal const int ChunkSize = 4;

    internal static readonly ChunkKeyOptions Chunks = new() { ChunkSize = ChunkSize };

    internal FakeTimeProvider Time { get; } = new();

    internal RecordingLogger<PrefixHitLookup> Log { get; } = new();

    internal RecordingLookups Observer { get; } = new();

    /// <summary>A prompt of so many tokens, all different.</summary>
    internal static uint[] Prompt(int tokens) => [.. Enumerable.Range(0, tokens).Select(i => (uint)(i * 1000))];

    /// <summary>The keys of the prompt's chunks.</summary>
    internal static string[] KeysOf(uint[] prompt)
    {
        ChunkKeys keys = ChunkKeys.Create(Chunks);
        keys.Begin(prompt.Length);
        return [.. Enumerable.Range(0, keys.Count).Select(_ => keys.Next(prompt))];
    }

    internal PrefixHitLookup Lookup(IKvMetadataService store, Func<PrefixLookupOptions, PrefixLookupOptions>? change = null)
    {
        var options = new PrefixLookupOptions { MinTokens = 1, ChunkKeys = Chunks };
        return new PrefixHitLookup(change?.Invoke(options) ?? options, store, Time, Log, Observer);
    }
}
