using System.Text;

namespace Llumnix.Simulation.Traces;

/// <summary>Reads the rows of a text of any content in bounded memory.</summary>
/// <param name="text">The text.</param>
internal sealed class TraceRows(TextReader text)
{
    /// <summary>Longest row, in characters. A row of the known formats has some thousands.</summary>
    internal const int MaxLength = 4 << 20;

    private readonly char[] _buffer = new char[1 << 14];
    private readonly StringBuilder _row = new();
    private int _start;
    private int _end;
    private bool _isAfterReturn;

    /// <summary>Reads the next row, up to any end of line.</summary>
    /// <param name="row">The row; one that is longer than <see cref="MaxLength"/> is cut behind it.</param>
    /// <returns>False: the text is at its end.</returns>
    internal bool TryRead(out string row)
    {
        _row.Clear();
        bool isRow = false;
        bool isEnded = false;
        while (!isEnded && _row.Length <= MaxLength && HasMore())
        {
            isRow = true;
            isEnded = TakeToEndOfLine();
        }

        row = _row.ToString();
        return isRow;
    }

    /// <summary>Takes what is left in the buffer, or of it the end of the row.</summary>
    /// <returns>Whether the row ends there.</returns>
    private bool TakeToEndOfLine()
    {
        ReadOnlySpan<char> rest = _buffer.AsSpan(_start, _end - _start);
        int length = rest.IndexOfAny('\r', '\n');
        _row.Append(length < 0 ? rest : rest[..length]);
        _isAfterReturn = length >= 0 && rest[length] == '\r';
        _start = length < 0 ? _end : _start + length + 1;
        return length >= 0;
    }

    /// <summary>Fills the empty buffer, and leaves out the second half of an end of line.</summary>
    private bool HasMore()
    {
        if (IsFilled() && _isAfterReturn)
        {
            _isAfterReturn = false;
            _start += _buffer[_start] == '\n' ? 1 : 0;
        }

        return IsFilled();
    }

    private bool IsFilled()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, text.Read(_buffer, 0, _buffer.Length));
        }

        return _start < _end;
    }
}
