package org.jgml.core.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jgml.core.backend.Device;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

final class LifetimeChartTest {
  @Test
  void thePictureHasARowForEachValueAndABarForEachStep() throws Exception {
    Device device = new ReferenceDevice();
    ExecutionPlan plan =
        ExecutionPlan.of(
            SmallDecoder.graph(), List.of(device), PlacementPolicy.firstThatSupports());
    String svg = LifetimeChart.svg(plan);
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));
    int values = plan.lifetimes(device).size();
    int steps = plan.placements().size();
    assertEquals(1 + values + steps, document.getElementsByTagName("rect").getLength());
    assertTrue(svg.contains("blk.0.attention"), svg);
    assertTrue(svg.contains("steps 7 to "), svg);
  }
}
