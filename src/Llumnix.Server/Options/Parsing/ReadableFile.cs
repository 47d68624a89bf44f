namespace Llumnix.Server.Options.Parsing;

/// <summary>
/// Reads a file that an option names; a file that cannot be read is a problem of that option. Its path is not repeated, since the option may
/// have been given the secret itself.
/// </summary>
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
            problems.Add(new OptionProblem(named.Source, $"the file that it names cannot be read: {error.GetType().Name}"));
            return null;
        }
    }
}
