using Llumnix.Adapters.Files;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Adapters.Profiles;

/// <summary>
/// Reads profiling tables: JSON objects whose <c>results</c> are rows of <c>tokens_num, p50</c> (prefill) or of <c>batch_size, tokens_per_request,
/// p50</c> (decode), times in milliseconds. Other members are ignored.
/// </summary>
public static class ProfilingTables
{
    private const int MaxBytes = 16 << 20;

    /// <summary>A table is a grid: few rows with sizes of their own would make one that fits in no memory.</summary>
    private const int MaxCells = 1 << 20;

    private const int MostListed = 20;
    private const int MostTold = 5;

    /// <summary>Reads both tables.</summary>
    /// <param name="prefillPath">The prefill table: <c>--ttft-profiling-data-path</c>.</param>
    /// <param name="decodePath">The decode table: <c>--tpot-profiling-data-path</c>.</param>
    /// <param name="warnings">Receives a line for each repair.</param>
    /// <exception cref="ProfilingTableException">A table, or both of them, cannot be used.</exception>
    public static LatencyProfile Read(string prefillPath, string decodePath, ICollection<string> warnings)
    {
        var problems = new List<string>();
        LatencyCurve? prefill = Try(() => ReadPrefill(prefillPath), problems);
        LatencyGrid? decode = Try(() => ReadDecode(decodePath, warnings), problems);
        return prefill is not null && decode is not null ? new LatencyProfile(prefill, decode) : throw new ProfilingTableException([.. problems.Distinct()]);
    }

    /// <summary>What is wrong with a prefill table: a line for each problem; none when it can be used.</summary>
    /// <param name="path">The file.</param>
    public static IReadOnlyList<string> FindProblemsOfPrefill(string path)
    {
        var problems = new List<string>();
        Try(() => ReadPrefill(path), problems);
        return problems;
    }

    /// <summary>What is wrong with a decode table: a line for each problem; none when it can be used.</summary>
    /// <param name="path">The file.</param>
    public static IReadOnlyList<string> FindProblemsOfDecode(string path)
    {
        var problems = new List<string>();
        Try(() => ReadDecode(path, []), problems);
        return problems;
    }

    /// <summary>Reads something so that its problems can be told together with those of others.</summary>
    /// <param name="read">Reads it.</param>
    /// <param name="problems">Receives a line for each problem.</param>
    /// <returns>Null when it cannot be used.</returns>
    public static T? Try<T>(Func<T> read, List<string> problems)
        where T : class
    {
        try
        {
            return read();
        }
        catch (ProfilingTableException exception)
        {
            problems.AddRange(exception.Problems);
            return null;
        }
    }

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
        var problems = new BoundedProblems(name, MostTold);
        foreach (ProfilingRow row in ProfilingRow.ReadAll(json, name, problems))
        {
            if (row.Numbers("tokens_num", "p50") is [var tokens, var p50] && !points.TryAdd(tokens, p50))
            {
                row.AddProblem($"tokens_num {tokens} is there twice");
            }
        }

        problems.ThrowIfAny();
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
        var problems = new BoundedProblems(name, MostTold);
        foreach (ProfilingRow row in ProfilingRow.ReadAll(json, name, problems))
        {
            if (row.Numbers("batch_size", "tokens_per_request", "p50") is not [var batch, var tokens, var p50])
            {
                continue;
            }

            if (!byBatch.TryGetValue(batch, out SortedDictionary<double, double>? cells))
            {
                byBatch.Add(batch, cells = []);
            }

            if (!cells.TryAdd(tokens, p50))
            {
                row.AddProblem($"batch_size {batch} with tokens_per_request {tokens} is there twice");
            }
        }

        problems.ThrowIfAny();
        double[] columns = [.. byBatch.Values.SelectMany(static cells => cells.Keys).Distinct().Order()];
        if ((long)byBatch.Count * columns.Length > MaxCells)
        {
            throw new ProfilingTableException($"{name}: {byBatch.Count} values of batch_size and {columns.Length} of tokens_per_request make {(long)byBatch.Count * columns.Length} cells; a table may have at most {MaxCells}");
        }

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
            string more = completed.Count > MostListed ? $" and {completed.Count - MostListed} more" : "";
            warnings.Add(
                $"{name}: {completed.Count} missing cells were completed along tokens_per_request (batch_size/tokens_per_request): {string.Join(", ", completed.Take(MostListed))}{more}");
        }

        return [.. values];
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (!file.CanSeek)
            {
                throw new ProfilingTableException($"{path}: is a pipe; a file is needed, which can be read again");
            }

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
            throw new ProfilingTableException($"{path}: cannot be read: {FileFailure.Describe(exception, path)}", exception);
        }
    }
}
