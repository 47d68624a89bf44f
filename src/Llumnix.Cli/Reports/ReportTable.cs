namespace Llumnix.Cli.Reports;

/// <summary>A table of texts.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Titles">Titles of the columns.</param>
/// <param name="Rows">Cells by row, as many as titles.</param>
/// <param name="HeaderColumn">Index of the column that names a row.</param>
internal sealed record ReportTable(string Caption, IReadOnlyList<string> Titles, IReadOnlyList<IReadOnlyList<string>> Rows, int HeaderColumn = 0);
