using System.Text.Json.Nodes;

namespace Llumnix.Simulation.Engines;

/// <summary>Profiling tables of modelled engines, in files that are deleted at disposal.</summary>
internal sealed class LatencyTables : IDisposable
{
    private static readonly int[] PromptTokens = [16, 64, 256, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072];
    private static readonly int[] BatchSizes = [1, 4, 16, 64, 128, 256];
    private static readonly int[] TokensPerRequest = [8, 512, 2048, 8192, 16384];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("llumnix-profile-");

    /// <param name="latency">The engines' step times.</param>
    internal LatencyTables(IStepLatencyModel latency)
    {
        Write(TtftPath, PromptTokens.Select(tokens => new JsonObject
        {
            ["tokens_num"] = tokens,
            ["p50"] = latency.Prefill(tokens).TotalMilliseconds,
        }));
        Write(TpotPath, BatchSizes.SelectMany(batch => TokensPerRequest.Select(tokens => new JsonObject
        {
            ["batch_size"] = batch,
            ["tokens_per_request"] = tokens,
            ["p50"] = latency.Decode(batch, (long)batch * tokens).TotalMilliseconds,
        })));
    }

    /// <summary>The table of prefill times.</summary>
    internal string TtftPath => Path.Combine(_directory.FullName, "ttft.json");

    /// <summary>The table of decode step times.</summary>
    internal string TpotPath => Path.Combine(_directory.FullName, "tpot.json");

    public void Dispose() => _directory.Delete(recursive: true);

    private static void Write(string path, IEnumerable<JsonObject> rows) =>
        File.WriteAllText(path, new JsonObject { ["results"] = new JsonArray([.. rows]) }.ToJsonString());
}
