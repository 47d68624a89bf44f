namespace Llumnix.Attacks;

/// <summary>A build of the scheduler.</summary>
/// <param name="Name">How the table calls it.</param>
/// <param name="Path">Path of its llumnix.dll.</param>
internal sealed record ProgramUnderAttack(string Name, string Path)
{
    /// <summary>Reads <c>path</c> or <c>name=path</c>. Without a name the first is A, the second B, and so on.</summary>
    internal static ProgramUnderAttack Parse(string text, int index)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? new ProgramUnderAttack($"{(char)('A' + index)}", text) : new ProgramUnderAttack(text[..equals], text[(equals + 1)..]);
    }
}
