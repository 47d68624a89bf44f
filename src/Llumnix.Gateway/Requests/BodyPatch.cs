namespace Llumnix.Gateway.Requests;

/// <summary>
/// A body with some members of its JSON object replaced, added or taken out. What is not touched stays byte for byte and is not copied:
/// the result is a list of pieces of the body and of new texts. Not safe for concurrent use; the body must outlive it.
/// </summary>
/// <param name="body">The whole body.</param>
/// <param name="fields">Where its members are; null for a body that is not JSON, which cannot be changed.</param>
public sealed class BodyPatch(ReadOnlyMemory<byte> body, RequestFields? fields)
{
    private readonly List<Edit> _edits = [];

    /// <summary>Puts a value in the place of a member's, or adds the member when there is none.</summary>
    /// <param name="member">Where the member is; not present when there is none. No two edits may overlap.</param>
    /// <param name="name">The member's name, without anything that JSON escapes.</param>
    /// <param name="value">The value as JSON.</param>
    /// <exception cref="InvalidOperationException">The body is not JSON.</exception>
    public void Set(JsonMember member, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (member.IsPresent)
        {
            _edits.Add(new Edit(member.ValueStart, member.ValueEnd, value.ToArray()));
            return;
        }

        RequestFields known = fields ?? throw new InvalidOperationException("The body is not JSON.");
        bool isFirst = known.IsEmpty && !_edits.Exists(edit => edit.Start == known.ObjectStart);
        byte[] added = [(byte)'"', .. name, (byte)'"', (byte)':', .. value, .. isFirst ? ""u8 : ","u8];
        _edits.Insert(0, new Edit(known.ObjectStart, known.ObjectStart, added));
    }

    /// <summary>The body in pieces, in order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces()
    {
        if (_edits.Count == 0)
        {
            return [body];
        }

        var pieces = new List<ReadOnlyMemory<byte>>((2 * _edits.Count) + 1);
        int from = 0;
        // The order is stable: members that were added at one place stay in order.
        foreach (Edit edit in _edits.OrderBy(static edit => edit.Start))
        {
            pieces.Add(body[from..edit.Start]);
            pieces.Add(edit.Text);
            from = edit.End;
        }

        pieces.Add(body[from..]);
        return pieces;
    }

    private readonly record struct Edit(int Start, int End, byte[] Text);
}
