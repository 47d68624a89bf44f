using System.IO.Compression;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Llumnix.Cli.Reports;

/// <summary>
/// Writes a report as one HTML file that needs no network. Texts and tables are markup, so that they show without scripts; the charts' data and library are
/// compressed in it, with their licences in a comment, since pages are passed on. The page's policy allows its own scripts and styles, by their hashes, and nothing else.
/// </summary>
internal static class ReportPage
{
    private static readonly string[] Scripts = ["dom.js", "theme.js", "charts.js", "comparison.js", "timelines.js", "main.js"];

    /// <summary>Writes the page.</summary>
    internal static string Write(ReportDocument document)
    {
        string style = Read("report.css");
        string script = string.Concat(Scripts.Select(Read));
        byte[] library = ReadBytes("echarts.js");
        string policy = $"default-src 'none'; script-src {Hash(Encoding.UTF8.GetBytes(script))} {Hash(library)}; style-src {Hash(Encoding.UTF8.GetBytes(style))}; "
            + "img-src data:; base-uri 'none'; form-action 'none'";
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        page.Append($"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\">")
            .Append($"<title>{Text(document.Title)}</title><style>{style}</style></head><body>\n<header><h1>{Text(document.Title)}</h1><div id=\"theme\"></div></header><main>\n")
            .Append($"<p>{Text(document.Description)}</p>\n");
        AppendTexts(page, document);
        page.Append("<noscript><p>The charts need JavaScript. All numbers are in the tables.</p></noscript><p id=\"problem\" role=\"alert\"></p>\n")
            .Append("<div id=\"filter\"></div><section id=\"attainment\" aria-label=\"Attainment\"></section>\n");
        if (document.Limits is { } limits)
        {
            page.Append("<section id=\"limits\"><h2>Where each contestant reaches its limits</h2>");
            AppendTable(page, limits);
            page.Append("</section>\n");
        }

        page.Append("<section id=\"rate\"><h2>At one rate</h2><div id=\"rate-choice\" class=\"bar\"></div>");
        AppendByRate(page, "percentiles", document.Percentiles);
        AppendByRate(page, "moves", document.Migrations);

        page.Append("<div id=\"distributions\" class=\"charts\"></div></section>\n<section id=\"timelines\"></section>\n<section id=\"results\"><h2>All results</h2>");
        AppendTable(page, document.Results);
        AppendGlossary(page, document);
        page.Append("</section></main>\n<footer><p>The charts are drawn by Apache ECharts, under the Apache License 2.0; its text is a comment in the source of this page.</p></footer>\n")
            .Append($"<!--\n{Read("notice.txt")}{Read("LICENSE")}-->\n");
        AppendCompressed(page, "data", ReportJson.Write(document));
        AppendCompressed(page, "library", library);
        return page.Append($"<script type=\"module\">{script}</script></body></html>\n").ToString();
    }

    /// <summary>Tables of which the page shows those of the chosen rate.</summary>
    private static void AppendByRate(StringBuilder page, string kind, IReadOnlyList<ReportTable?> tables)
    {
        for (int i = 0; i < tables.Count; i++)
        {
            if (tables[i] is { } table)
            {
                page.Append($"<div class=\"{kind}\" data-rate=\"{i}\">");
                AppendTable(page, table);
                page.Append("</div>\n");
            }
        }
    }

    private static void AppendTexts(StringBuilder page, ReportDocument document)
    {
        AppendList(page, "verdict", "Verdict", document.Verdicts);
        AppendList(page, "faults", "Faults", document.Faults);
        foreach (string note in document.Notes)
        {
            page.Append($"<p class=\"note\">{Text(note)}</p>\n");
        }
    }

    private static void AppendList(StringBuilder page, string id, string title, IReadOnlyList<string> sentences)
    {
        if (sentences.Count > 0)
        {
            page.Append($"<section id=\"{id}\"><h2>{title}</h2><ul>");
            foreach (string sentence in sentences)
            {
                page.Append($"<li>{Text(sentence)}</li>");
            }

            page.Append("</ul></section>\n");
        }
    }

    private static void AppendGlossary(StringBuilder page, ReportDocument document)
    {
        if (document.Glossary.Count > 0)
        {
            page.Append("<h3>What the words mean</h3><dl id=\"glossary\">");
            foreach ((string term, string meaning) in document.Glossary)
            {
                page.Append($"<dt>{Text(term)}</dt><dd>{Text(meaning)}</dd>");
            }

            page.Append("</dl>");
        }
    }

    private static void AppendTable(StringBuilder page, ReportTable table)
    {
        // What scrolls can be focused, so that the keyboard can scroll it.
        page.Append($"<div class=\"scrolling\" tabindex=\"0\" role=\"region\" aria-label=\"{Text(table.Caption)}\"><table><caption>{Text(table.Caption)}</caption><thead><tr>");
        foreach (string title in table.Titles)
        {
            page.Append($"<th scope=\"col\">{Text(title)}</th>");
        }

        page.Append("</tr></thead><tbody>");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            page.Append("<tr>");
            for (int i = 0; i < row.Count; i++)
            {
                page.Append(i == table.HeaderColumn ? $"<th scope=\"row\">{Text(row[i])}</th>" : $"<td>{Text(row[i])}</td>");
            }

            page.Append("</tr>");
        }

        page.Append("</tbody></table></div>");
    }

    private static void AppendCompressed(StringBuilder page, string id, byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(content);
        }

        page.Append($"<script type=\"text/plain\" id=\"{id}\">{Convert.ToBase64String(compressed.ToArray())}</script>\n");
    }

    private static string Hash(byte[] content) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(content))}'";

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Read(string file) => Encoding.UTF8.GetString(ReadBytes(file)).ReplaceLineEndings("\n");

    private static byte[] ReadBytes(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"report/{file}")!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
