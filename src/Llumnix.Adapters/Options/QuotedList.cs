using System.Text;

namespace Llumnix.Adapters.Options;

/// <summary>Splits <c>a=1,b='x,y'</c>: commas inside single or double quotes do not separate.</summary>
public static class QuotedList
{
    /// <summary>Splits a text at its commas.</summary>
    /// <param name="text">The text.</param>
    /// <param name="items">The items without their quotes; blank ones are left out.</param>
    /// <returns>False when a quote is not closed.</returns>
    public static bool TrySplit(string text, out IReadOnlyList<string> items)
    {
        var split = new List<string>();
        items = split;
        var item = new StringBuilder();
        char quote = '\0';
        foreach (char c in text + ",")
        {
            bool isSeparator = c == ',' && quote == '\0';
            bool isQuote = quote == '\0' ? c is '\'' or '"' : c == quote;
            if (isSeparator)
            {
                AddItem(split, item);
            }
            else if (isQuote)
            {
                quote = quote == '\0' ? c : '\0';
            }
            else
            {
                item.Append(c);
            }
        }

        return quote == '\0';
    }

    private static void AddItem(List<string> items, StringBuilder item)
    {
        if (!string.IsNullOrWhiteSpace(item.ToString()))
        {
            items.Add(item.ToString());
        }

        item.Clear();
    }
}
