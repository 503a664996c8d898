namespace AdaptCluster.Training.Methods;

/// <summary>A method whose lanes can pass through the towers together.</summary>
internal interface ILanesTogether
{
    /// <summary>
    /// Whether a group of lanes passes through the towers together, as decided by the method of its first lane. On a GPU, this saves kernel
    /// launches. On a CPU, math libraries split a product with more rows differently, which changes the last bits, although a lane must
    /// produce the same bits by itself and in a group.
    /// </summary>
    bool PassesTogether { get; set; }
}
