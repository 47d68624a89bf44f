using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Traces;

/// <summary>Reads recorded workloads from files.</summary>
public static class TraceFile
{
    /// <summary>What is told of a file with another extension.</summary>
    public const string FormatExpected = "the format is told by the extension: .csv (Azure) or .jsonl (Mooncake)";

    /// <summary>
    /// Reads a trace: <c>.csv</c> in the format of the Azure LLM inference traces (TIMESTAMP,ContextTokens,GeneratedTokens), <c>.jsonl</c>
    /// in that of the Mooncake traces (timestamp, input_length, output_length, hash_ids). A trace is the user's input: one bad row makes
    /// the whole trace an error that names file, line and column of the first ones, a line for each, and how many others there are.
    /// </summary>
    public static TraceReading Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var reader = new StreamReader(path);
            return Read(reader, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return TraceReading.Failed($"{path}: {Describe(path, exception)}");
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
        var errors = new TraceErrors(name);
        ReadRows(new TraceRows(text), format, errors);
        if (errors.IsAny)
        {
            return TraceReading.Failed(errors.ToString());
        }

        IReadOnlyList<RequestArrival> arrivals = format.ToArrivals();
        return arrivals.Count == 0 ? TraceReading.Failed($"{name}: the trace holds no requests") : TraceReading.Of(arrivals);
    }

    private static void ReadRows(TraceRows rows, ITraceFormat format, TraceErrors errors)
    {
        bool isFirst = true;
        for (int line = 1; !errors.IsEnd && rows.TryRead(out string row); line++)
        {
            if (FindEnd(row, line) is { } end)
            {
                errors.End(line, end);
            }
            else if (!string.IsNullOrWhiteSpace(row))
            {
                ReadRow(row, line, isFirst, format, errors);
                isFirst = false;
            }
        }
    }

    private static void ReadRow(string row, int line, bool isFirst, ITraceFormat format, TraceErrors errors)
    {
        if (format.ReadRow(row) is not { } error)
        {
            return;
        }

        // What the reader of the text puts in the place of bytes that are none.
        bool isText = !row.Contains('\uFFFD');
        string told = isText ? error : $"{error}; the row may not be text in UTF-8";
        if (isFirst && (format.HasHeader || !isText))
        {
            errors.End(line, told);
        }
        else
        {
            errors.Add(line, told);
        }
    }

    /// <summary>Why neither a row nor what comes after it is to be read; null: it is.</summary>
    private static string? FindEnd(string row, int line) =>
        line > PoissonWorkload.MaxRequests ? FormattableString.Invariant($"a trace has at most {PoissonWorkload.MaxRequests} rows")
        : row.Contains('\0') ? "is not text in UTF-8: it has a byte 0, as packed and binary files have, and UTF-16 without its mark"
        : row.Length > TraceRows.MaxLength ? FormattableString.Invariant($"the row is longer than {TraceRows.MaxLength} characters; nothing after it is read")
        : null;

    private static string Describe(string path, Exception failure) =>
        Directory.Exists(path) ? "is a folder"
        : failure is FileNotFoundException or DirectoryNotFoundException ? "there is no such file"
        : failure is UnauthorizedAccessException ? "there is no permission to read it"
        : failure is NotSupportedException or ArgumentException ? "it has no usable name"
        : "reading it failed";
}
