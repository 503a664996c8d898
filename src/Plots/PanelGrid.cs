using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>A figure with panels of equal size in rows, and a legend below them.</summary>
internal sealed class PanelGrid
{
    private readonly Figure _figure;
    private readonly Legend _legend;
    private readonly int _columns;
    private readonly double _height, _rows;

    /// <summary>Initializes the figure.</summary>
    /// <param name="count">The number of panels.</param>
    /// <param name="width">The minimum width of a panel in layout units.</param>
    /// <param name="height">The height of a panel in layout units.</param>
    /// <param name="entries">The legend entries.</param>
    /// <param name="columns">The number of panels in a row; null to choose it from the number of panels.</param>
    public PanelGrid(int count, double width, double height, LegendEntry[] entries, int? columns = null)
    {
        _columns = columns ?? (count is 4 ? 2 : Math.Min(3, count));
        (_height, _rows) = (height, (count + _columns - 1) / _columns);
        var total = Math.Max(_columns * width, Legend.LeastWidth(entries));
        _legend = new Legend(entries, total);
        _figure = new Figure(total, (_rows * height) + _legend.Height);
    }

    /// <summary>The width of a panel in layout units.</summary>
    public double PanelWidth => _figure.Width / _columns;

    /// <summary>Adds a panel.</summary>
    /// <param name="index">The number of the panel, starting at 0 and counted row by row.</param>
    /// <param name="panel">The panel.</param>
    public void Add(int index, Plot panel) =>
        _figure.Add(panel, index % _columns * PanelWidth, index / _columns * _height, PanelWidth, _height);

    /// <summary>Adds the legend and returns the figure.</summary>
    public Figure Finish()
    {
        _figure.Add(_legend.Draw(), 0, _rows * _height, _figure.Width, _legend.Height);
        return _figure;
    }
}
