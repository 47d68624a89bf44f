namespace Llumnix.Server.Options.Parsing;

/// <summary>Reads a file that an option names; a file that cannot be read is a problem of that option.</summary>
internal static class ReadableFile
{
    public static string? TryRead(OptionAssignment named, Func<string, string> readFile, List<OptionProblem> problems)
    {
        try
        {
            return readFile(named.Text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add(new OptionProblem(named.Source, $"file {Quoted.Text(named.Text)} cannot be read: {error.GetType().Name}"));
            return null;
        }
    }
}
