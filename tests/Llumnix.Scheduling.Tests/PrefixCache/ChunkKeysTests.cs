using System.Runtime.CompilerServices;
using System.Text.Json;
using CsCheck;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Scheduling.Tests.PrefixCache;

public sealed class ChunkKeysTests(ITestOutputHelper output)
{
    // Every length of a CBOR head, and both sides of every boundary between two.
    private static readonly Gen<uint> Tokens = Gen.OneOf(
        Gen.UInt[0, 30], Gen.UInt[250, 260], Gen.UInt[65530, 65540], Gen.UInt[0, 200_000], Gen.UInt[uint.MaxValue - 5, uint.MaxValue]);

    private static readonly Gen<string> Seeds = Gen.OneOf(
        Gen.Char['a', 'z'].Array[0, 300].Select(letters => new string(letters)),
        Gen.Int[0, 3].Select(i => ((string[])["ä", "水", "🦙", "x"])[i]).Array[0, 100].Select(string.Concat),
        Gen.OneOf(Gen.Int[22, 25], Gen.Int[254, 257]).Select(length => new string('s', length)));

    private static readonly Gen<ChunkKeyOptions> Settings =
        from algorithm in Gen.Enum<ChunkHashAlgorithm>()
        from chunkSize in Gen.OneOf(Gen.Int[1, 30], Gen.Int[1, 300])
        from includesUnfullChunk in Gen.Bool
        from seed in Seeds
        select new ChunkKeyOptions
        {
            Algorithm = algorithm, ChunkSize = chunkSize, IncludesUnfullChunk = includesUnfullChunk, Seed = seed,
        };

    [Theory]
    [InlineData(ChunkHashAlgorithm.Sha256Cbor, "c9c50712aa1a84b4ad76a3b109ea307b1d3bae764bd35c79947f4573a973245e_0")]
    [InlineData(ChunkHashAlgorithm.Sha256Hex, "58dcf226964b758057ab72c8061d55d98cb1d1976d0df1b05ea3163761ab9ded")]
    [InlineData(ChunkHashAlgorithm.XxHash, "iris.block.hash.key.14553423070967830043")]
    public void Next_OneToken_IsTheKeyThatPythonMakes(ChunkHashAlgorithm algorithm, string key) =>
        Assert.Equal([key], Keys(new ChunkKeyOptions { Algorithm = algorithm, ChunkSize = 1 }, [55793]));

    [Fact]
    public void Next_SpecificationsVectors_AreTheSameKeys()
    {
        if (!File.Exists(SharedVectors()))
        {
            output.WriteLine($"{SharedVectors()} is absent: the specification's vectors were not compared.");
            return;
        }

        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(SharedVectors()));
        int compared = 0;
        foreach (JsonElement vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            Compare(vector, "sha256_cbor", ChunkHashAlgorithm.Sha256Cbor);
            Compare(vector, "sha256_hex", ChunkHashAlgorithm.Sha256Hex);
            Compare(vector, "xxhash", ChunkHashAlgorithm.XxHash);
            compared++;
        }

        output.WriteLine($"{compared} cases of three algorithms compared.");
        Assert.NotEqual(0, compared);
    }

    [Fact]
    public void Next_AnyPromptAndSettings_IsTheReferencesKey() =>
        Gen.Select(Settings, Tokens.Array[0, 700]).Sample(
            (settings, prompt) => Assert.Equal(ReferenceChunkKeys.All(settings, prompt), Keys(settings, prompt)), iter: 1000);

    [Fact]
    public void Begin_AfterAnotherPrompt_StartsAfresh() =>
        Gen.Select(Settings, Tokens.Array[0, 100], Tokens.Array[0, 100], Gen.Int[0, 10]).Sample(
            (settings, other, prompt, made) =>
            {
                ChunkKeys keys = ChunkKeys.Create(settings);
                keys.Begin(other.Length);
                for (int i = 0; i < Math.Min(made, keys.Count); i++)
                {
                    keys.Next(other);
                }

                Assert.Equal(ReferenceChunkKeys.All(settings, prompt), Rest(keys, prompt));
            }, iter: 300);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(3, 0, 1)]
    [InlineData(4, 1, 1)]
    [InlineData(9, 2, 3)]
    public void Count_PromptOfChunksOfFour_CountsTheUnfullOneOnlyWhenItIsIncluded(int tokens, int full, int all)
    {
        Assert.Equal(full, Keys(new ChunkKeyOptions { ChunkSize = 4 }, new uint[tokens]).Count);
        Assert.Equal(all, Keys(new ChunkKeyOptions { ChunkSize = 4, IncludesUnfullChunk = true }, new uint[tokens]).Count);
    }

    [Fact]
    public void Next_AfterTheLast_Throws()
    {
        ChunkKeys keys = ChunkKeys.Create(new ChunkKeyOptions { ChunkSize = 4 });
        keys.Begin(7);
        keys.Next(new uint[7]);

        Assert.Throws<InvalidOperationException>(() => keys.Next(new uint[7]));
    }

    private static void Compare(JsonElement vector, string name, ChunkHashAlgorithm algorithm)
    {
        var settings = new ChunkKeyOptions
        {
            Algorithm = algorithm,
            ChunkSize = vector.GetProperty("chunk_size").GetInt32(),
            IncludesUnfullChunk = vector.GetProperty("save_unfull_chunk").GetBoolean(),
            Seed = vector.GetProperty("hash_seed").GetString()!,
        };
        uint[] prompt = [.. vector.GetProperty("tokens").EnumerateArray().Select(token => token.GetUInt32())];

        Assert.Equal(vector.GetProperty(name).EnumerateArray().Select(key => key.GetString()!), Keys(settings, prompt));
    }

    private static List<string> Keys(ChunkKeyOptions settings, uint[] prompt) => Rest(ChunkKeys.Create(settings), prompt);

    private static List<string> Rest(ChunkKeys keys, uint[] prompt)
    {
        var made = new List<string>();
        keys.Begin(prompt.Length);
        while (keys.Position < keys.Count)
        {
            made.Add(keys.Next(prompt));
        }

        return made;
    }

    private static string SharedVectors([CallerFilePath] string thisFile = "") => Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "..", "shared", "vectors", "token_hashes.json"));
}
