using Llumnix.Scheduling.Profiles;

namespace Llumnix.Adapters.Profiles;

/// <summary>
/// Reads profiling tables: JSON objects whose <c>results</c> are rows of <c>tokens_num, p50</c> (prefill) or of <c>batch_size, tokens_per_request,
/// p50</c> (decode), times in milliseconds. Other members are ignored.
/// </summary>
public static class ProfilingTables
{
    private const int MaxBytes = 16 << 20;

    /// <summary>Reads both tables.</summary>
    /// <param name="prefillPath">The prefill table: <c>--ttft-profiling-data-path</c>.</param>
    /// <param name="decodePath">The decode table: <c>--tpot-profiling-data-path</c>.</param>
    /// <param name="warnings">Receives a line for each repair.</param>
    /// <exception cref="ProfilingTableException">A table cannot be used.</exception>
    public static LatencyProfile Read(string prefillPath, string decodePath, ICollection<string> warnings) =>
        new(ReadPrefill(prefillPath), ReadDecode(decodePath, warnings));

    /// <summary>Reads a prefill table.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ProfilingTableException">The table cannot be used.</exception>
    public static LatencyCurve ReadPrefill(string path) => ParsePrefill(ReadFile(path), path);

    /// <summary>Reads a decode table.</summary>
    /// <param name="path">The file.</param>
    /// <param name="warnings">Receives a line for each repair.</param>
    /// <exception cref="ProfilingTableException">The table cannot be used.</exception>
    public static LatencyGrid ReadDecode(string path, ICollection<string> warnings) => ParseDecode(ReadFile(path), path, warnings);

    /// <summary>Reads a prefill table.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="ProfilingTableException">The table cannot be used.</exception>
    public static LatencyCurve ParsePrefill(ReadOnlyMemory<byte> json, string name)
    {
        var points = new SortedDictionary<double, double>();
        foreach (ProfilingRow row in ProfilingRow.ReadAll(json, name))
        {
            double tokens = row.Number("tokens_num");
            if (!points.TryAdd(tokens, row.Number("p50")))
            {
                throw row.Problem($"tokens_num {tokens} is there twice");
            }
        }

        return new LatencyCurve([.. points.Keys], [.. points.Values]);
    }

    /// <summary>Reads a decode table. Missing cells are completed along <c>tokens_per_request</c>.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="warnings">Receives a line that lists the completed cells.</param>
    /// <exception cref="ProfilingTableException">The table cannot be used.</exception>
    public static LatencyGrid ParseDecode(ReadOnlyMemory<byte> json, string name, ICollection<string> warnings)
    {
        var byBatch = new SortedDictionary<double, SortedDictionary<double, double>>();
        foreach (ProfilingRow row in ProfilingRow.ReadAll(json, name))
        {
            (double batch, double tokens) = (row.Number("batch_size"), row.Number("tokens_per_request"));
            if (!byBatch.TryGetValue(batch, out SortedDictionary<double, double>? cells))
            {
                byBatch.Add(batch, cells = []);
            }

            if (!cells.TryAdd(tokens, row.Number("p50")))
            {
                throw row.Problem($"batch_size {batch} with tokens_per_request {tokens} is there twice");
            }
        }

        double[] columns = [.. byBatch.Values.SelectMany(static cells => cells.Keys).Distinct().Order()];
        return new LatencyGrid([.. byBatch.Keys], columns, Complete(byBatch, columns, name, warnings));
    }

    private static double[] Complete(
        SortedDictionary<double, SortedDictionary<double, double>> byBatch, double[] columns, string name, ICollection<string> warnings)
    {
        var values = new List<double>(byBatch.Count * columns.Length);
        var completed = new List<string>();
        foreach ((double batch, SortedDictionary<double, double> cells) in byBatch)
        {
            var curve = new LatencyCurve([.. cells.Keys], [.. cells.Values]);
            values.AddRange(columns.Select(curve.At));
            completed.AddRange(columns.Where(tokens => !cells.ContainsKey(tokens)).Select(tokens => $"{batch}/{tokens}"));
        }

        if (completed.Count > 0)
        {
            warnings.Add(
                $"{name}: {completed.Count} missing cells were completed along tokens_per_request (batch_size/tokens_per_request): {string.Join(", ", completed)}");
        }

        return [.. values];
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > MaxBytes)
            {
                throw new ProfilingTableException($"{path}: longer than {MaxBytes >> 20} MiB");
            }

            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ProfilingTableException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }
}
