namespace AdaptCluster.Training.Methods;

/// <summary>A method whose lanes can pass through the towers together.</summary>
internal interface ILanesTogether
{
    /// <summary>
    /// Whether a group of lanes whose first method is this one passes through the towers together. On a GPU this saves kernel launches. On
    /// a CPU, libraries split a matrix product with more rows differently, which changes the last digits, and a lane must get the same bits
    /// alone and in a group.
    /// </summary>
    bool PassesTogether { get; set; }
}
