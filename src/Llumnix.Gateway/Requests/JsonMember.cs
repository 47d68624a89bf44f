namespace Llumnix.Gateway.Requests;

/// <summary>Where a member of a JSON object stands in its text, in bytes. The default value means that there is none.</summary>
/// <param name="NameStart">Where the quote before its name is.</param>
/// <param name="ValueStart">Where its value begins.</param>
/// <param name="ValueEnd">Where its value has ended.</param>
public readonly record struct JsonMember(int NameStart, int ValueStart, int ValueEnd)
{
    /// <summary>Whether the object has the member.</summary>
    public bool IsPresent => ValueEnd > 0;

    /// <summary>The text of the value in the text of the object; empty when there is none.</summary>
    public ReadOnlySpan<byte> ValueIn(ReadOnlySpan<byte> text) => text[ValueStart..ValueEnd];
}
