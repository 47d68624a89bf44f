using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Benchmarks;

/// <summary>The chunk keys of a prompt of 128k tokens, beside SHA-256 over messages of the same lengths alone.</summary>
[MemoryDiagnoser]
public class ChunkKeyBenchmarks
{
    private const int ChunkSize = 256;
    private readonly uint[] _prompt = new uint[128 * 1024];
    private readonly byte[] _message = new byte[2048];
    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];
    private int[] _lengths = [];
    private ChunkKeys _keys = null!;

    /// <summary>The hash.</summary>
    [Params(ChunkHashAlgorithm.Sha256Cbor, ChunkHashAlgorithm.Sha256Hex)]
    public ChunkHashAlgorithm Algorithm { get; set; }

    /// <summary>Draws token ids of a vocabulary of 128k, of which most take five bytes in CBOR and the others up to three.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (int i = 0; i < _prompt.Length; i++)
        {
            _prompt[i] = (uint)random.Next(128_000);
        }

        _lengths = [.. _prompt.Chunk(ChunkSize).Select(chunk => Algorithm == ChunkHashAlgorithm.Sha256Hex
            ? 32 + (4 * chunk.Length)
            : 3 + 32 + 3 + chunk.Sum(static id => id < 24 ? 1 : id < 256 ? 2 : id < 65_536 ? 3 : 5) + 1)];
        _keys = ChunkKeys.Create(new ChunkKeyOptions { Algorithm = Algorithm, ChunkSize = ChunkSize });
    }

    /// <summary>The hashes alone.</summary>
    [Benchmark(Baseline = true)]
    public void Sha256Alone()
    {
        foreach (int length in _lengths)
        {
            SHA256.HashData(_message.AsSpan(0, length), _hash);
        }
    }

    /// <summary>All keys.</summary>
    [Benchmark]
    public int Keys()
    {
        _keys.Begin(_prompt.Length);
        int characters = 0;
        while (_keys.Position < _keys.Count)
        {
            characters += _keys.Next(_prompt).Length;
        }

        return characters;
    }
}
