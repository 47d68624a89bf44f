using System.CommandLine;
using Llumnix.Cli.Commands;

namespace Llumnix.Cli.Options;

/// <summary>Files that a command would write over each other, or over what it reads.</summary>
internal static class OutputConflicts
{
    private const int MostLinks = 40;

    /// <summary>Finds them, a line for each.</summary>
    /// <param name="outputs">What is written: the option and its file; null where it has none.</param>
    /// <param name="inputs">What is read, likewise.</param>
    internal static IEnumerable<string> Find(IReadOnlyList<(string Name, string? Path)> outputs, IReadOnlyList<(string Name, string? Path)> inputs)
    {
        Named[] written = [.. Resolve(outputs)];
        return
        [
            .. from i in Enumerable.Range(0, written.Length)
               from j in Enumerable.Range(i + 1, written.Length - i - 1)
               where written[i].Target == written[j].Target
               select $"{written[i].Name} and {written[j].Name} name the same file, {written[i].Path}; each needs its own",
            .. from output in written
               from input in Resolve(inputs)
               where output.Target == input.Target
               select $"{output.Name} and {input.Name} name the same file, {output.Path}; what is read would be overwritten",
        ];
    }

    /// <summary>An option of a file; without a file where it has none, or the parser has refused it.</summary>
    internal static (string Name, string? Path) Of(ParseResult parsed, Option<string?> option) =>
        (option.Name, CheckedCommand.HasErrors(parsed, option) ? null : parsed.GetValue(option));

    private static IEnumerable<Named> Resolve(IEnumerable<(string Name, string? Path)> files) =>
        from file in files
        where file.Path is { Length: > 0 } and not OutputFile.Terminal && !file.Path.Contains('\0')
        let target = TargetOf(Path.GetFullPath(file.Path), MostLinks)
        where target is not null && !IsDevice(target)
        select new Named(file.Name, file.Path, target);

    /// <summary>The file that a full path leads to, through links of the file and of its folders; null where they lead nowhere.</summary>
    private static string? TargetOf(string path, int mostLinks)
    {
        if (mostLinks == 0 || Path.GetDirectoryName(path) is not { } folder)
        {
            return mostLinks == 0 ? null : path;
        }

        if (TargetOf(folder, mostLinks) is not { } parent)
        {
            return null;
        }

        string here = Path.Combine(parent, Path.GetFileName(path));
        try
        {
            return new FileInfo(here).LinkTarget is { } link ? TargetOf(Path.GetFullPath(Path.Combine(parent, link)), mostLinks - 1) : here;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return here;
        }
    }

    /// <summary>Whether it keeps nothing that could be overwritten, such as <c>/dev/null</c> and pipes.</summary>
    private static bool IsDevice(string path) =>
        path.StartsWith("/proc/", StringComparison.Ordinal)
        || (path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal));

    private sealed record Named(string Name, string Path, string Target);
}
