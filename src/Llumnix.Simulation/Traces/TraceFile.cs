using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Traces;

/// <summary>Reads recorded workloads from files.</summary>
public static class TraceFile
{
    private const int MostErrors = 5;

    /// <summary>What is told of a file with another extension.</summary>
    public const string FormatExpected = "the format is told by the extension: .csv (Azure) or .jsonl (Mooncake)";

    /// <summary>Whether the name of a file tells a format.</summary>
    public static bool HasFormat(string path) => Path.GetExtension(path) is ".csv" or ".jsonl";

    /// <summary>
    /// Reads a trace: <c>.csv</c> in the format of the Azure LLM inference traces (TIMESTAMP,ContextTokens,GeneratedTokens), <c>.jsonl</c>
    /// in that of the Mooncake traces (timestamp, input_length, output_length, hash_ids). A trace is the user's input: one bad row makes
    /// the whole trace an error that names file, line and column of the first ones, a line for each.
    /// </summary>
    public static TraceReading Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var reader = new StreamReader(path);
            return Read(reader, path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return TraceReading.Failed($"{path}: there is no such file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return TraceReading.Failed($"{path}: {exception.Message}");
        }
    }

    /// <summary>Reads a trace from a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The file's name: its extension tells the format, and errors begin with it.</param>
    internal static TraceReading Read(TextReader text, string name)
    {
        ITraceFormat? format = Path.GetExtension(name) switch
        {
            ".csv" => new AzureTraceFormat(),
            ".jsonl" => new MooncakeTraceFormat(),
            _ => null,
        };
        return format is null
            ? TraceReading.Failed($"{name}: {FormatExpected}")
            : Read(text, name, format);
    }

    private static TraceReading Read(TextReader text, string name, ITraceFormat format)
    {
        int line = 0;
        var errors = new List<string>();
        while (text.ReadLine() is { } row)
        {
            line++;
            string? error = line > PoissonWorkload.MaxRequests ? "too many rows" : string.IsNullOrWhiteSpace(row) ? null : format.ReadRow(row);
            if (error is not null)
            {
                errors.Add($"{name}:{line}: {error}");
                if (line == 1 || errors.Count == MostErrors || line > PoissonWorkload.MaxRequests)
                {
                    break;
                }
            }
        }

        if (errors.Count > 0)
        {
            return TraceReading.Failed(string.Join('\n', errors));
        }

        IReadOnlyList<RequestArrival> arrivals = format.ToArrivals();
        return arrivals.Count == 0 ? TraceReading.Failed($"{name}: the trace holds no requests") : TraceReading.Of(arrivals);
    }
}
