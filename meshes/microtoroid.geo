// Microtoroid: a ring of circular section, with the membrane that holds it where membrane > 0. x = r, y = z, in um.
// The defaults are the silica toroid of Spillane et al. (Phys. Rev. A 71, 013817, 2005): 16 um across, 3 um thick, alone.

DefineConstant[
  diameter = {16.0, Name "outer diameter (um)"}
  minor_diameter = {3.0, Name "diameter of the ring's section (um)"}
  membrane = {0.0, Name "thickness of the membrane inside, 0: none (um)"}
  margin = {2.0, Name "surround beyond the ring (um)"}
  inner_radius = {2.0, Name "where the section ends towards the axis (um)"}
  rim_size = {0.2, Name "element size at the rim (um)"}
  far_size = {0.8, Name "element size far away (um)"}
  rim_reach = {1.2, Name "fine within this distance of the equator (um)"}
];
If (minor_diameter <= 0 || diameter / 2 - minor_diameter <= inner_radius)
  Error("minor_diameter: must be above 0 and leave a hole wider than inner_radius");
EndIf
If (membrane < 0 || membrane >= minor_diameter)
  Error("membrane: must lie between 0 and minor_diameter");
EndIf
a = minor_diameter / 2;
c = diameter / 2 - a;
wide = diameter / 2 + margin;
high = a + margin;

Point(1) = {c, 0, 0};
Point(2) = {c + a, 0, 0};
Point(3) = {c, a, 0};
Point(4) = {c, -a, 0};
Point(5) = {inner_radius, -high, 0};
Point(6) = {wide, -high, 0};
Point(7) = {wide, high, 0};
Point(8) = {inner_radius, high, 0};
Circle(1) = {2, 1, 3};
Circle(2) = {4, 1, 2};
Line(3) = {5, 6};
Line(4) = {6, 7};
Line(5) = {7, 8};

If (membrane > 0)
  t = membrane / 2;
  x = c - Sqrt(a * a - t * t);
  Point(9) = {x, t, 0};
  Point(10) = {x, -t, 0};
  Point(11) = {inner_radius, t, 0};
  Point(12) = {inner_radius, -t, 0};
  Circle(6) = {3, 1, 9};
  Circle(7) = {10, 1, 4};
  Line(8) = {9, 11};
  Line(9) = {11, 12};
  Line(10) = {12, 10};
  Line(11) = {8, 11};
  Line(12) = {12, 5};
  Curve Loop(1) = {1, 6, 8, 9, 10, 7, 2};
  Plane Surface(1) = {1};
  Curve Loop(2) = {3, 4, 5, 11, -8, -6, -1, -2, -7, -10, 12};
  Plane Surface(2) = {2};
  Physical Curve("rim") = {1, 2, 6, 7, 8, 10};
  Physical Curve("inner") = {9, 11, 12};
Else
  Point(9) = {c - a, 0, 0};
  Circle(6) = {3, 1, 9};
  Circle(7) = {9, 1, 4};
  Line(8) = {8, 5};
  Curve Loop(1) = {1, 6, 7, 2};
  Plane Surface(1) = {1};
  Curve Loop(2) = {3, 4, 5, 8};
  Plane Surface(2) = {2, 1};
  Physical Curve("rim") = {1, 2, 6, 7};
  Physical Curve("inner") = {8};
EndIf

Physical Surface("body") = {1};
Physical Surface("surround") = {2};
Physical Curve("outer") = {3, 4, 5};

equator() = {2};
Include "size_field.geo";
